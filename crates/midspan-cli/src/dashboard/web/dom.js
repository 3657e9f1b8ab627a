// What all pages build their elements with. Text is always text: nothing that a request or a source sent becomes markup.

/** An element: `h("a", { href: "#/requests", onclick }, "text", otherElement)`. Nothing, null and false are left out. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value") element.value = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  add(element, ...children);
  return element;
}

/** Adds elements and texts. */
export function add(element, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child !== undefined && child !== null && child !== false) element.append(child);
  }
}

/** Puts these in the place of what is there. */
export function show(element, ...children) {
  element.replaceChildren();
  add(element, ...children);
}

/** A table with a caption for who can't see it, column names, and rows of cells. */
export function table(caption, columns, rows) {
  return h("table", {},
    h("caption", { class: "unseen" }, caption),
    h("thead", {}, h("tr", {}, columns.map((column) => h("th", { scope: "col" }, column)))),
    h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell))))));
}

/** A button that copies a text, and says so. */
export function copyButton(label, text) {
  const button = h("button", { type: "button", class: "quiet", onclick: async () => {
    await navigator.clipboard.writeText(text());
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 1500);
  } }, label);
  return button;
}

/** `12.3 ms`, `1.20 s`. */
export function duration(milliseconds) {
  if (milliseconds === undefined || milliseconds === null) return "";
  return milliseconds < 1000 ? `${milliseconds.toFixed(1)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

/** `14:03:59.120`, in the time zone of the browser. */
export function clock(at) {
  const date = new Date(at);
  const two = (number) => String(number).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** How an HTTP status is coloured. */
export function statusClass(status) {
  if (!status) return "running";
  return status < 400 ? "good" : status < 500 ? "warn" : "bad";
}

/** JSON for people, or the text as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
