// The shared cache, as the operator's operations show it: entries, scope, tags, age; invalidate and purge.

import { add, h, show, table } from "./dom.js";

const PATH = "/app/operator/cache";
/** How many entries are shown before there is a button for more. */
const ENOUGH = 100;

export function page(main) {
  const key = h("input", { type: "password", autocomplete: "off", "aria-label": "Operator's key", placeholder: "Operator's key", value: sessionStorage.getItem("secret operator") ?? "" });
  const tag = h("input", { placeholder: "Only with this tag", "aria-label": "Tag" });
  const said = h("p", { role: "status", tabindex: "-1" });
  const place = h("section", { "aria-label": "Entries" });
  const list = async (after) => {
    sessionStorage.setItem("secret operator", key.value);
    const entries = [];
    let next = after;
    // An answer has one part of the store's index, which may have none of what is wanted.
    do {
      const query = new URLSearchParams(tag.value ? { tag: tag.value } : {});
      if (next) query.set("after", next);
      const answer = await ask("GET", `?${query}`, key.value);
      if (!answer) return;
      entries.push(...answer.entries);
      next = answer.next;
    } while (next && entries.length < ENOUGH);
    show(place, entries.length === 0
      ? h("p", { class: "hint" }, "Nothing is kept.")
      : table("Entries", ["Source", "Scope", "Tags", "State", "Age", "Fresh for", "Bytes", "Key"], entries.map((entry) => [
        entry.source ?? "", entry.scope, (entry.tags ?? []).map((name) => [
          h("button", { type: "button", class: "quiet", title: `Make stale what has the tag ${name}`, onclick: () => invalidate(name) }, name), " "]),
        h("span", { class: entry.state === "fresh" ? "good" : "warn" }, entry.state), `${entry.age} s`, `${entry.ttl} s`, String(entry.bytes), h("code", {}, entry.key)])),
    next && h("button", { type: "button", onclick: () => list(next) }, "Next"));
  };
  // The button that was pressed is gone with the list that it stood in: who uses a keyboard goes on from here.
  const tell = (text) => {
    said.textContent = text;
    said.focus();
  };
  const invalidate = async (name) => {
    if (await ask("POST", "", key.value, { tags: [name] })) {
      await list();
      tell(`What has the tag ${name} is stale now.`);
    }
  };
  const purge = async () => {
    if (tag.value && await ask("DELETE", `?${new URLSearchParams({ tag: tag.value })}`, key.value)) {
      await list();
      tell(`What had the tag ${tag.value} is gone.`);
    }
  };
  const ask = async (method, query, secret, body) => {
    const headers = { "x-api-key": secret };
    if (body) headers["content-type"] = "application/json";
    const answer = await fetch(PATH + query, { method, headers, body: body && JSON.stringify(body) });
    if (answer.ok) {
      said.textContent = "";
      return answer.status === 204 ? {} : answer.json();
    }
    const refused = await answer.json().catch(() => ({}));
    said.textContent = answer.status === 404
      ? "This application has no operations for its operator: see \"cache-admin\" in the reference connector."
      : refused.message ?? `The application answers ${answer.status}.`;
    return undefined;
  };
  add(main, h("h2", {}, "Cache"),
    h("form", { class: "buttons", onsubmit: (event) => { event.preventDefault(); list(); } }, key, tag,
      h("button", { type: "submit" }, "List"), h("button", { type: "button", class: "quiet", onclick: purge }, "Purge this tag")),
    said, place);
}
