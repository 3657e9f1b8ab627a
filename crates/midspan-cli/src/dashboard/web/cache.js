// The shared cache, as the operator's operations show it: entries, scope, tags, age; invalidate and purge.

import { add, h, show, table } from "./dom.js";

const PATH = "/app/operator/cache";

export function page(main) {
  const key = h("input", { type: "password", autocomplete: "off", "aria-label": "Operator's key", placeholder: "Operator's key", value: sessionStorage.getItem("secret operator") ?? "" });
  const tag = h("input", { placeholder: "Only with this tag", "aria-label": "Tag" });
  const said = h("p", { role: "status" });
  const place = h("section", { "aria-label": "Entries" });
  const list = async (after) => {
    sessionStorage.setItem("secret operator", key.value);
    const query = new URLSearchParams(tag.value ? { tag: tag.value } : {});
    if (after) query.set("after", after);
    const answer = await ask("GET", `?${query}`, key.value);
    if (!answer) return;
    const { entries, next } = answer;
    show(place, entries.length === 0
      ? h("p", { class: "hint" }, "Nothing is kept.")
      : table("Entries", ["Source", "Scope", "Tags", "State", "Age", "Fresh for", "Bytes", "Key"], entries.map((entry) => [
        entry.source ?? "", entry.scope, (entry.tags ?? []).map((name) => [
          h("button", { type: "button", class: "quiet", title: `Make stale what has the tag ${name}`, onclick: () => invalidate(name) }, name), " "]),
        h("span", { class: entry.state === "Fresh" ? "good" : "warn" }, entry.state), `${entry.age} s`, `${entry.ttl} s`, String(entry.bytes), h("code", {}, entry.key)])),
    next && h("button", { type: "button", onclick: () => list(next) }, "Next"));
  };
  const invalidate = async (name) => {
    if (await ask("POST", "", key.value, { tags: [name] })) {
      said.textContent = `What has the tag ${name} is stale now.`;
      await list();
    }
  };
  const purge = async () => {
    if (tag.value && await ask("DELETE", `?${new URLSearchParams({ tag: tag.value })}`, key.value)) {
      said.textContent = `What had the tag ${tag.value} is gone.`;
      await list();
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
