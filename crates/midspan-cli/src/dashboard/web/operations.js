// The operations: their contract, and a form to call them.

import { add, copyButton, duration, h, pretty, show, statusClass, table } from "./dom.js";
import { application, definition, listen, operations, requests, resolve } from "./state.js";
import { waterfall } from "./requests.js";

const MOST_HISTORY = 20;

export function page(main, [chosen]) {
  const section = h("section", { class: "detail", "aria-label": "The chosen operation" });
  const nav = h("nav", { "aria-label": "Operations" });
  add(main, h("div", { class: "split narrow" }, nav, section));
  let end = () => {};
  let isGone = false;
  Promise.all([definition(), application]).then(([found, { url, key }]) => {
    if (isGone) return;
    if (found.problem) {
      show(section, h("h2", {}, "There is no definition"), h("pre", { class: "bad" }, found.problem));
      return;
    }
    const all = operations(found.swagger);
    show(nav, h("ul", {}, all.map((operation) => h("li", {},
      h("a", { href: `#/operations/${operation.id}`, "aria-current": operation.id === chosen ? "page" : null },
        h("span", { class: "method" }, operation.method), " ", operation.id)))));
    const operation = all.find(({ id }) => id === chosen) ?? all[0];
    if (operation) end = draw(section, found.swagger, operation, { url, key });
  }, (error) => show(section, h("pre", { class: "bad" }, error.message)));
  return () => {
    isGone = true;
    end();
  };
}

function draw(section, swagger, operation, { url, key }) {
  const parameters = (operation.parameters ?? []).map((parameter) => resolve(swagger, parameter));
  const fields = parameters.map((parameter) => field(swagger, parameter));
  const secrets = credentials(swagger, operation, key);
  const result = h("div", { "aria-live": "polite" });
  const history = h("select", { "aria-label": "Earlier calls", onchange: () => {
    const earlier = remembered(operation.id)[history.selectedIndex - 1];
    if (earlier) fields.forEach((one) => { one.control.value = earlier[one.name] ?? ""; });
  } });
  const drawHistory = () => show(history, h("option", {}, "Earlier calls"), remembered(operation.id).map((earlier) => h("option", {}, Object.values(earlier).filter(Boolean).join(", ").slice(0, 80) || "without input")));
  const request = () => build(operation, fields, secrets);
  const form = h("form", { onsubmit: async (event) => {
    event.preventDefault();
    remember(operation.id, Object.fromEntries(fields.map((one) => [one.name, one.control.value])));
    drawHistory();
    await call(request(), result);
  } },
  secrets.length > 0 && h("fieldset", {}, h("legend", {}, "Credentials"), h("p", { class: "hint" }, "Kept in this tab only. One of them is enough."), secrets.map((secret) => secret.element)),
  fields.length > 0 && h("fieldset", {}, h("legend", {}, "Input"), fields.map((one) => one.element)),
  h("div", { class: "buttons" }, h("button", { type: "submit" }, "Call"), copyButton("Copy as curl", () => curl(url, request())), history));
  drawHistory();
  show(section,
    h("h2", {}, operation.id, operation.deprecated && h("small", { class: "warn" }, " deprecated")),
    h("p", {}, h("code", {}, `${operation.method} ${operation.path}`)),
    h("p", {}, h("b", {}, operation.summary ?? ""), operation.description && operation.description !== operation.summary ? ` ${operation.description}` : ""),
    h("details", {}, h("summary", {}, "Contract"), contract(swagger, operation, parameters)),
    form, result);
  // The answer's trace can come after the answer.
  return listen(() => result.retry?.());
}

function contract(swagger, operation, parameters) {
  const type = (schema) => {
    const resolved = resolve(swagger, schema);
    return resolved.type === "array" ? `list of ${type(resolved.items)}` : resolved.title ?? [resolved.type, resolved.format].filter(Boolean).join(", ");
  };
  const bounds = (schema) => ["minimum", "maximum", "minLength", "maxLength", "pattern", "default", "enum"]
    .filter((key) => schema[key] !== undefined).map((key) => `${key} ${JSON.stringify(schema[key])}`).join(", ");
  const responses = Object.entries(operation.responses ?? {});
  return [
    parameters.length > 0 && table("Parameters", ["Name", "In", "Type", "Bounds", "What it is"], parameters.map((parameter) => [
      h("code", {}, parameter.name, parameter.required ? "" : "?"), parameter.in, type(parameter.schema ?? parameter), bounds(parameter), parameter.description ?? parameter["x-ms-summary"] ?? ""])),
    table("Responses", ["Status", "What it is", "Schema"], responses.map(([status, response]) => [status, response.description ?? "",
      response.schema && h("pre", {}, JSON.stringify(resolve(swagger, response.schema), null, 2))])),
  ];
}

function field(swagger, parameter) {
  const isBody = parameter.in === "body";
  const summary = parameter["x-ms-summary"] ?? parameter.name;
  const hint = parameter.description;
  const start = isBody ? JSON.stringify(example(swagger, parameter.schema), null, 2) : parameter.default ?? "";
  const control = isBody
    ? h("textarea", { rows: 8, spellcheck: "false", value: start })
    : parameter.enum
      ? h("select", { value: start }, !parameter.required && h("option"), parameter.enum.map((value) => h("option", { selected: value === parameter.default }, String(value))))
      : h("input", { value: start, placeholder: parameter.type ?? "", autocomplete: "off" });
  control.name = parameter.name;
  control.required = parameter.required ?? false;
  const element = h("label", {}, h("span", {}, summary, parameter.required ? "" : h("small", {}, " optional")), control, hint && h("small", {}, hint));
  return { name: parameter.name, in: parameter.in, control, element };
}

/** A body that fits a schema, to begin with. */
function example(swagger, schema, depth = 0) {
  const resolved = resolve(swagger, schema);
  if (resolved.default !== undefined) return resolved.default;
  if (resolved.enum) return resolved.enum[0];
  if (depth > 6) return null;
  switch (resolved.type) {
    case "object": return Object.fromEntries(Object.entries(resolved.properties ?? {}).map(([name, property]) => [name, example(swagger, property, depth + 1)]));
    case "array": return [example(swagger, resolved.items, depth + 1)];
    case "integer": case "number": return resolved.minimum ?? 0;
    case "boolean": return false;
    default: return resolved.format === "date" ? new Date().toISOString().slice(0, 10) : resolved.format === "date-time" ? new Date().toISOString() : "";
  }
}

/** What the operation's security asks for: a field for each scheme, kept for this tab. The demo has a key to begin with. */
function credentials(swagger, operation, key) {
  const names = new Set((operation.security ?? swagger.security ?? []).flatMap(Object.keys));
  return [...names].map((name) => {
    const scheme = swagger.securityDefinitions?.[name] ?? {};
    const hint = scheme.type === "basic" ? "user:password" : scheme.type === "apiKey" ? scheme.name : "access token";
    const control = h("input", { type: "password", autocomplete: "off", placeholder: hint, value: sessionStorage.getItem(`secret ${name}`) ?? (scheme.type === "apiKey" && key || ""), onchange: () => sessionStorage.setItem(`secret ${name}`, control.value) });
    return { scheme, control, element: h("label", {}, h("span", {}, `${name}: ${hint}`), control) };
  });
}

/** The request that the form describes. */
function build(operation, fields, secrets) {
  const headers = {};
  const query = new URLSearchParams();
  let path = operation.path;
  let body;
  for (const one of fields) {
    const value = one.control.value;
    if (one.in === "path") path = path.replace(`{${one.name}}`, encodeURIComponent(value));
    else if (value === "") continue;
    else if (one.in === "query") query.append(one.name, value);
    else if (one.in === "header") headers[one.name] = value;
    else {
      body = value;
      headers["content-type"] = "application/json";
    }
  }
  for (const { scheme, control } of secrets) {
    const secret = control.value;
    if (!secret) continue;
    if (scheme.type === "apiKey" && scheme.in === "query") query.append(scheme.name, secret);
    else if (scheme.type === "apiKey") headers[scheme.name] = secret;
    else if (scheme.type === "basic") headers.authorization = `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(secret)))}`;
    else headers.authorization = `Bearer ${secret}`;
  }
  const text = query.toString();
  return { method: operation.method, path: path + (text ? `?${text}` : ""), headers, body };
}

function curl(url, { method, path, headers, body }) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = ["curl", ...(method === "GET" ? [] : ["-X", method]), quoted(url + path)];
  for (const [name, value] of Object.entries(headers)) parts.push("-H", quoted(`${name}: ${value}`));
  if (body !== undefined) parts.push("-d", quoted(body));
  return parts.join(" ");
}

async function call({ method, path, headers, body }, result) {
  show(result, h("p", { class: "hint" }, "Calling…"));
  result.retry = undefined;
  const began = performance.now();
  let answer;
  try {
    answer = await fetch(`/app${path}`, { method, headers, body });
  } catch (error) {
    show(result, h("p", { class: "bad" }, `No answer: ${error.message}`));
    return;
  }
  const blob = await answer.blob();
  const took = performance.now() - began;
  const isImage = blob.type.startsWith("image/");
  const content = isImage
    ? h("img", { alt: "The answer's body", src: URL.createObjectURL(blob) })
    : h("pre", { class: "body" }, pretty(await blob.text()) || "(no body)");
  const trace = h("div");
  show(result,
    h("h3", {}, h("span", { class: statusClass(answer.status), id: "status" }, String(answer.status)), " ", duration(took)),
    trace,
    h("details", {}, h("summary", {}, "Headers"), table("Headers", ["Name", "Value"], [...answer.headers].filter(([name]) => name !== "content-security-policy").map((pair) => pair.map((cell) => h("code", {}, cell))))),
    content);
  const id = answer.headers.get("x-ms-correlation-id");
  result.retry = () => {
    const request = [...requests.values()].findLast((one) => one.ended && one.correlationId === id);
    if (!id || !request) return;
    result.retry = undefined;
    show(trace, h("a", { href: `#/requests/${request.id}` }, "This request"), request.operation && waterfall(request.operation));
  };
  result.retry();
}

function remembered(id) {
  return JSON.parse(sessionStorage.getItem(`calls ${id}`) ?? "[]");
}

function remember(id, input) {
  const all = [input, ...remembered(id).filter((earlier) => JSON.stringify(earlier) !== JSON.stringify(input))];
  sessionStorage.setItem(`calls ${id}`, JSON.stringify(all.slice(0, MOST_HISTORY)));
}
