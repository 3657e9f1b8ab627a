// The sources: who calls them, and switches to slow or fail those that are emulated.

import { add, h, show, table } from "./dom.js";
import { ask, definition } from "./state.js";

const FAULTS = {
  "works": null,
  "slow: 1 s later": { kind: "delay", ms: 1000 },
  "fails: 503": { kind: "status", status: 503 },
  "throttles: 429": { kind: "status", status: 429, retryAfter: 5 },
  "hangs": { kind: "hang" },
  "resets the connection": { kind: "close" },
  "sends what is no JSON": { kind: "invalidJson" },
  "trickles": { kind: "drip", bytes: 16, everyMs: 100 },
};

export function page(main) {
  const place = h("section", { "aria-label": "Sources" }, h("p", { class: "hint" }, "Reading…"));
  add(main, h("h2", {}, "Sources"), place);
  Promise.all([definition(), ask("/api/emulated")]).then(([found, emulated]) => {
    const sources = new Map();
    for (const operation of found.descriptions ?? []) {
      for (const source of operation.sources ?? []) {
        const known = sources.get(source.name) ?? { ...source, operations: [] };
        if (!known.operations.includes(operation.id)) known.operations.push(operation.id);
        sources.set(source.name, known);
      }
    }
    for (const system of emulated) {
      if (!sources.has(system.name)) sources.set(system.name, { name: system.name, operations: [] });
    }
    const rows = [...sources.values()].sort((one, other) => one.name.localeCompare(other.name)).map((source) => {
      const system = emulated.find(({ name }) => name === source.name);
      return [
        h("b", {}, source.name), source.protocol ?? "", source.timeoutMs ? `${source.timeoutMs} ms` : "",
        source.operations.map((id) => [h("a", { href: `#/operations/${id}` }, id), " "]),
        system ? faultSwitch(system) : "real",
      ];
    });
    show(place,
      found.problem && h("pre", { class: "bad" }, found.problem),
      emulated.length === 0 && h("p", { class: "hint" }, "These sources are real. `midspan demo` has emulated ones, which can be made slow or fail here."),
      table("Sources", ["Source", "Protocol", "Time-out", "Called by", "State"], rows));
  }, (error) => show(place, h("pre", { class: "bad" }, error.message)));
}

function faultSwitch(system) {
  const names = Object.keys(FAULTS);
  const now = system.fault ? names.find((name) => FAULTS[name]?.kind === system.fault.kind && FAULTS[name]?.status === system.fault.status) : names[0];
  const said = h("small", { role: "status" });
  const select = h("select", { "aria-label": `State of ${system.name}`, onchange: async () => {
    const fault = FAULTS[select.value];
    const answer = await fetch(`/api/emulated/${system.name}`, fault
      ? { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(fault) }
      : { method: "DELETE" });
    said.textContent = answer.ok ? "set" : `not set: ${answer.status}`;
  } }, names.map((name) => h("option", { selected: name === now }, name)));
  return [select, " ", said];
}
