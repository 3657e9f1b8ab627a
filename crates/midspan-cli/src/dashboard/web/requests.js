// Live requests: the list, and of one the waterfall of its source calls with its log.

import { add, clock, copyButton, duration, h, pretty, show, statusClass } from "./dom.js";
import { lines, listen, requests } from "./state.js";

export function page(main, [chosen]) {
  const rows = new Map();
  const body = h("tbody");
  const filter = h("input", { type: "search", placeholder: "Filter by path, component, status or id", "aria-label": "Filter requests", oninput: () => rows.forEach((row, id) => hide(row, id)) });
  const empty = h("p", { class: "hint" }, "No requests yet. Call an operation: on the page Operations, or with curl.");
  const list = h("table", { class: "requests" },
    h("caption", { class: "unseen" }, "Requests, newest first"),
    h("thead", {}, h("tr", {}, ["Time", "Status", "Request", "Operation", "Took"].map((name) => h("th", { scope: "col" }, name)))),
    body);
  const detail = h("section", { "aria-live": "polite", "aria-label": "The chosen request", class: "detail" });
  add(main, h("div", { class: "split" }, h("section", { "aria-label": "Requests" }, filter, empty, list), detail));

  const hide = (row, id) => {
    const request = requests.get(id);
    const text = `${request?.method} ${request?.path} ${request?.component} ${request?.status} ${request?.traceId} ${request?.correlationId}`;
    row.hidden = !text.toLowerCase().includes(filter.value.toLowerCase());
  };
  const draw = (request) => {
    empty.hidden = true;
    const cells = [
      clock(request.at),
      h("span", { class: statusClass(request.status) }, request.status ?? "…"),
      h("a", { href: `#/requests/${request.id}` }, `${request.method} ${request.path}`),
      request.operation?.operation ?? request.component ?? "",
      request.ended ? duration(request.durationMs) : "",
    ].map((cell) => h("td", {}, cell));
    const row = rows.get(request.id);
    if (row) {
      // The link stays, so that the focus does.
      cells.forEach((cell, index) => { if (index !== 2) row.children[index].replaceWith(cell); });
    } else {
      const fresh = h("tr", { "aria-current": String(request.id) === chosen ? "true" : null }, cells);
      rows.set(request.id, fresh);
      body.prepend(fresh);
    }
    hide(rows.get(request.id), request.id);
  };
  const drawDetail = () => {
    const request = requests.get(Number(chosen));
    if (request) show(detail, ...details(request));
    else show(detail, h("p", { class: "hint" }, "Choose a request to see what it waited for."));
  };

  requests.forEach(draw);
  drawDetail();
  return listen((event) => {
    if (event.id !== undefined) {
      draw(requests.get(event.id));
      for (const [id, row] of rows) {
        if (requests.has(id)) break;
        row.remove();
        rows.delete(id);
      }
    }
    const request = requests.get(Number(chosen));
    if (request && (event.id === request.id || event.traceId === request.traceId)) drawDetail();
  });
}

function details(request) {
  const operation = request.operation;
  const ids = [["Trace", request.traceId], ["Correlation", request.correlationId], ["Flow run", operation?.runId]]
    .filter(([, id]) => id);
  return [
    h("h2", {}, `${request.method} ${request.path}`),
    h("p", {},
      h("span", { class: statusClass(request.status) }, request.ended ? `${request.status}` : "under way"), " ",
      duration(request.durationMs),
      operation?.coldStart ? " · cold start" : "",
      operation?.error ? ` · ${operation.error}` : "",
      request.error ? ` · ${request.error}` : ""),
    h("dl", {}, ids.map(([name, id]) => [h("dt", {}, name), h("dd", {}, h("code", {}, id), " ", copyButton("Copy", () => id))])),
    operation && h("p", {}, h("a", { href: `#/operations/${operation.operation}` }, `Operation ${operation.operation}`)),
    operation ? waterfall(operation) : request.ended && h("p", { class: "hint" }, "The component says nothing of its calls: it is no operation, or it did not come to an answer."),
    h("h3", {}, "Log"),
    log(request),
  ];
}

/** One row a call: where in the request's time it was, and what came of it. */
export function waterfall(operation) {
  const whole = Math.max(operation.durationMs, ...operation.sources.map((call) => call.startMs + call.durationMs), 0.001);
  const percent = (milliseconds) => `${((milliseconds / whole) * 100).toFixed(2)}%`;
  const place = (element, start, length) => {
    element.style.left = percent(start);
    element.style.width = percent(length);
    return element;
  };
  const bar = (call) => h("div", { class: "track" },
    place(h("div", { class: `bar ${outcomeClass(call)}`, title: `from ${duration(call.startMs)} on, for ${duration(call.durationMs)}` }), call.startMs, call.durationMs),
    (call.requests ?? []).map((sent) => place(h("div", { class: "sent", title: `${sent.method} ${sent.server}: ${sent.status ?? sent.error ?? "no answer"}, ${duration(sent.durationMs)}` }), sent.startMs, sent.durationMs)));
  return h("table", { class: "waterfall" },
    h("caption", { class: "unseen" }, "Calls to sources, by when they began"),
    h("thead", {}, h("tr", {}, ["Source", "Call", "Outcome", "Took", "When"].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {},
      operation.sources.map((call) => h("tr", {},
        h("th", { scope: "row" }, call.source),
        h("td", {}, `${call.method} ${call.path}`, call.batch > 1 ? ` · ${call.batch} at once` : ""),
        h("td", {}, outcome(call)),
        h("td", { class: "number" }, duration(call.durationMs)),
        h("td", {}, bar(call)))),
      h("tr", { class: "whole" }, h("th", { scope: "row" }, "whole"), h("td"), h("td", {}, String(operation.status)),
        h("td", { class: "number" }, duration(operation.durationMs)), h("td", {}, h("div", { class: "track" }, place(h("div", { class: "bar" }), 0, operation.durationMs))))));
}

function outcome(call) {
  return [
    call.cache && h("span", { class: `mark ${call.cache}` }, call.cache), " ",
    call.status && h("span", { class: statusClass(call.status) }, String(call.status)), " ",
    call.error && h("span", { class: "bad" }, call.error), " ",
    call.attempts > 1 && `${call.attempts} attempts `,
    call.breaker && call.breaker !== "closed" && `breaker ${call.breaker}`,
  ];
}

function outcomeClass(call) {
  return call.error ? "failed" : call.cache ?? "asked";
}

function log(request) {
  const own = lines.filter((line) => line.traceId === request.traceId);
  if (own.length === 0) return h("p", { class: "hint" }, "Nothing was logged.");
  return h("ol", { class: "log" }, own.map((line) => h("li", {}, h("time", {}, clock(line.at)), " ", h("b", {}, line.component ?? ""), h("pre", {}, pretty(line.line ?? line.message)))));
}
