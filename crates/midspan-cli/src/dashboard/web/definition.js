// The definition as the built components make it, with what the linter says at the place where it says it.

import { add, copyButton, h, show } from "./dom.js";
import { definition } from "./state.js";

export function page(main) {
  const place = h("section", { "aria-label": "Definition" }, h("p", { class: "hint" }, "Reading…"));
  add(main, h("h2", {}, "Definition"), place);
  definition().then((found) => {
    if (found.problem) {
      show(place, h("pre", { class: "bad" }, found.problem));
      return;
    }
    const files = [["apiDefinition.swagger.json", found.text], ["apiProperties.json", found.properties]];
    const count = found.findings.length;
    show(place,
      h("p", { id: "findings", class: count === 0 ? "good" : "warn" }, count === 0 ? "The linter finds nothing." : `The linter finds ${count}:`),
      h("ul", {}, found.findings.map((finding) => h("li", {}, h("a", { href: "#", onclick: (event) => {
        event.preventDefault();
        document.getElementById(anchor(finding))?.scrollIntoView({ block: "center" });
      } }, `${finding.file}:${finding.line}`), ` ${finding.message} [${finding.rule}]`))),
      files.map(([name, text]) => h("details", { open: name === files[0][0] }, h("summary", {}, name), copyButton("Copy", () => text), code(name, text, found.findings.filter(({ file }) => file === name)))));
  }, (error) => show(place, h("pre", { class: "bad" }, error.message)));
}

function anchor({ file, line }) {
  return `${file}:${line}`;
}

function code(name, text, findings) {
  const byLine = Map.groupBy(findings, ({ line }) => line);
  return h("ol", { class: "code" }, text.split("\n").map((line, index) => h("li", { id: `${name}:${index + 1}` }, h("code", {}, line),
    (byLine.get(index + 1) ?? []).map((finding) => h("p", { class: `finding ${finding.severity === "error" ? "bad" : "warn"}` }, `${finding.severity}: ${finding.message} [${finding.rule}]. ${finding.help}`)))));
}
