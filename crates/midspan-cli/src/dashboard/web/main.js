// Which page is shown: the part of the address after `#` says it.

import { h, show } from "./dom.js";
import { application, follow } from "./state.js";
import * as requests from "./requests.js";
import * as operations from "./operations.js";
import * as cache from "./cache.js";
import * as sources from "./sources.js";
import * as definition from "./definition.js";

// Each page has `page(main, rest)`, which fills `main` and gives what ends it.
const PAGES = { requests, operations, cache, sources, definition };
const main = document.getElementById("main");
let end = () => {};
let shown = "";

function route() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  const page = PAGES[name] ? name : "requests";
  end();
  main.replaceChildren();
  end = PAGES[page].page(main, rest) ?? (() => {});
  for (const link of document.querySelectorAll("#nav a")) {
    if (link.dataset.page === page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  // Who uses a keyboard goes on in the page that was chosen.
  if (shown && shown !== page) main.focus({ preventScroll: true });
  scrollTo(0, 0);
  shown = page;
}

show(document.getElementById("nav"), Object.keys(PAGES).map((name) =>
  h("a", { href: `#/${name}`, "data-page": name }, name[0].toUpperCase() + name.slice(1))));
follow((isConnected) => {
  const live = document.getElementById("live");
  live.textContent = isConnected ? "live" : "the host is gone";
  live.className = isConnected ? "good" : "bad";
});
application.then(({ url }) => show(document.getElementById("title"), "Midspan ", h("small", {}, url)));
addEventListener("hashchange", route);
route();
