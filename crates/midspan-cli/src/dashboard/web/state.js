// What the page knows: the host's events as they come, and the definition.

const MOST_REQUESTS = 500;
const MOST_LINES = 2000;

/** Requests by their number, oldest first. */
export const requests = new Map();
/** Lines that components and the host wrote, oldest first. */
export const lines = [];

const listeners = new Set();

/** Calls `listener(event)` for each event from now on; the result ends that. */
export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Follows the host. `tell(isConnected)` is called when the connection comes or goes; the browser tries again by itself. */
export function follow(tell) {
  const source = new EventSource("/api/events");
  source.onopen = () => tell(true);
  source.onerror = () => tell(false);
  source.onmessage = (message) => take(JSON.parse(message.data));
}

function take(event) {
  if (event.type === "started") {
    requests.set(event.id, { ...event });
    if (requests.size > MOST_REQUESTS) requests.delete(requests.keys().next().value);
  } else if (event.type === "ended") {
    const request = requests.get(event.id);
    if (request) Object.assign(request, event, { ended: true });
  } else {
    lines.push(event);
    if (lines.length > MOST_LINES) lines.shift();
  }
  for (const listener of listeners) listener(event);
}

/** Asks the dashboard for JSON. */
export async function ask(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

/** What is served. */
export const application = ask("/api/application");

/** The definition, read anew: `{ swagger, findings, descriptions, text }`, or `{ problem }`. */
export async function definition() {
  const found = await ask("/api/definition");
  if (found.problem) return found;
  return { ...found, text: found.definition, swagger: JSON.parse(found.definition) };
}

/** The operations of a definition, in its order. */
export function operations(swagger) {
  const found = [];
  for (const [path, item] of Object.entries(swagger.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (operation && operation.operationId) found.push({ ...operation, id: operation.operationId, method: method.toUpperCase(), path });
    }
  }
  return found;
}

/** A schema with its `$ref` followed. */
export function resolve(swagger, schema) {
  for (let depth = 0; schema?.$ref && depth < 32; depth += 1) {
    schema = schema.$ref.slice(2).split("/").reduce((node, name) => node?.[decodeURIComponent(name)], swagger);
  }
  return schema ?? {};
}
