// Clicks through the dashboard of `midspan demo`, whose URL is the only argument, in headless Chromium.

const assert = require("node:assert/strict");
const path = require("node:path");
const { chromium } = require("playwright-core");

const [url] = process.argv.slice(2);
const screenshots = process.env.MIDSPAN_SCREENSHOTS;
// Without a sandbox of its own, for it runs as root in containers; and without what it asks the network by itself.
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

// The demo's, as it prints it.
const OPERATOR_KEY = "demo-operator-key-0123456789";

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args });
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, permissions: ["clipboard-read", "clipboard-write"] });
    const page = await context.newPage();
    const complaints = [];
    // That an operation answers 4xx or 5xx is what some of the clicks are for.
    const isAnswer = (message) => message.text().startsWith("Failed to load resource") && message.location().url.startsWith(`${url}/app/`);
    page.on("console", (message) => { if (message.type() === "error" && !isAnswer(message)) complaints.push(message.text()); });
    page.on("pageerror", (error) => complaints.push(error.stack));
    page.on("request", (request) => { if (!/^(blob:|data:)/.test(request.url()) && !request.url().startsWith(`${url}/`)) complaints.push(`asked elsewhere: ${request.url()}`); });
    await clickThrough(page);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
}

async function clickThrough(page) {
  const picture = async (name) => {
    if (screenshots) await page.screenshot({ path: path.join(screenshots, `dashboard-${name}.png`) });
  };
  const go = async (name) => {
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();
    await page.waitForURL((at) => at.hash.startsWith(`#/${name.toLowerCase()}`));
  };
  const outcomes = () => page.locator(".waterfall tbody tr").evaluateAll((rows) => rows.map((row) => `${row.children[0].textContent} ${row.children[2].textContent.trim()}`));

  // It is there and connected, and says what to do first.
  await page.goto(`${url}/`);
  await page.getByText("live", { exact: true }).waitFor();
  await page.getByText("No requests yet.").waitFor();

  // Of an earlier run nothing is left in the store.
  const emptied = await page.request.delete(`${url}/app/operator/cache?which=all`, { headers: { "x-api-key": OPERATOR_KEY } });
  assert.ok(emptied.ok(), await emptied.text());

  // By keyboard alone: past the navigation, into the content.
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content");

  // An operation is called, and its waterfall is there without a reload.
  await go("Operations");
  await page.getByRole("link", { name: "GetHome" }).click();
  await page.getByLabel("Employee number").fill("E000042");
  // The demo's key is there already; without one, the answer says what to send.
  const key = page.getByLabel("programs: x-api-key");
  const given = await key.inputValue();
  await key.fill("");
  await page.getByRole("button", { name: "Call" }).click();
  await page.locator("#status", { hasText: "401" }).waitFor();
  await page.getByText('a key in the header \\"x-api-key\\"').first().waitFor();
  await key.fill(given);
  await page.getByRole("button", { name: "Call" }).click();
  await page.locator("#status", { hasText: "200" }).waitFor();
  await page.locator(".waterfall").waitFor();
  assert.ok((await outcomes()).includes("sharepoint 200") || (await outcomes()).some((one) => one.startsWith("sharepoint ")), String(await outcomes()));
  await picture("operation");

  // The same as a line for a shell.
  await page.getByRole("button", { name: "Copy as curl" }).click();
  const curl = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(curl, /^curl 'http:\/\/127\.0\.0\.1:\d+\/home\/E000042\?news=5'/);

  // What was typed is kept for this tab.
  await page.getByLabel("Employee number").fill("");
  await page.getByLabel("Earlier calls").selectOption({ index: 1 });
  assert.equal(await page.getByLabel("Employee number").inputValue(), "E000042");

  // A mistake is told in words for people.
  await page.getByLabel("News items").fill("99");
  await page.getByRole("button", { name: "Call" }).click();
  await page.locator("#status", { hasText: "400" }).waitFor();
  await page.getByText('"news\\" must be between 1 and 50, got 99.').first().waitFor();

  // A source is made to fail: the operation still answers, and the waterfall says why.
  await go("Sources");
  await page.getByLabel("State of dataverse").selectOption("fails: 503");
  await page.getByText("set", { exact: true }).waitFor();
  await picture("sources");
  await go("Operations");
  await page.getByRole("link", { name: "ListTasks" }).click();
  await page.getByLabel("Employee number").fill("E000042");
  await page.getByRole("button", { name: "Call" }).click();
  await page.locator("#status", { hasText: "502" }).waitFor();
  await page.getByRole("link", { name: "This request" }).click();
  await page.locator(".waterfall .bar.failed").first().waitFor();
  assert.ok((await outcomes()).some((one) => /^dataverse .*503 .*Source/.test(one)), String(await outcomes()));
  await page.locator(".log li", { hasText: "503" }).first().waitFor();
  await picture("request");
  await go("Sources");
  assert.equal(await page.getByLabel("State of dataverse").inputValue(), "fails: 503");
  await page.getByLabel("State of dataverse").selectOption("works");
  await page.getByText("set", { exact: true }).waitFor();

  // All are in the list, and can be found.
  await go("Requests");
  assert.equal(await page.locator(".requests tbody tr:visible").count(), 5);
  await page.getByLabel("Filter requests").fill("502");
  assert.equal(await page.locator(".requests tbody tr:visible").count(), 1);

  // What the home screen left in the cache, with tags and scope; stale and gone when the operator says so, as the application says too.
  await go("Cache");
  await page.getByRole("button", { name: "List", exact: true }).click();
  await page.getByRole("status").filter({ hasText: "x-api-key" }).waitFor();
  await page.getByLabel("Operator's key").fill(OPERATOR_KEY);
  const entries = page.getByRole("table", { name: "Entries" }).getByRole("row");
  const cards = entries.filter({ has: page.getByRole("button", { name: "cards", exact: true }) });
  // Entries are listed in the store after the answer that they were made for.
  await until("the cards are listed", async () => {
    if ((await states(page, "cards")).length === 0) return false;
    await page.getByRole("button", { name: "List", exact: true }).click();
    return true;
  });
  await cards.first().waitFor();
  assert.match(await cards.first().innerText(), /^cards\tpublic\tcards\s+fresh\t\d+ s\t\d+ s\t\d+\t\S+$/);
  await picture("cache");
  assert.deepEqual(await states(page, "cards"), ["fresh"]);
  await cards.first().getByRole("button", { name: "cards", exact: true }).click();
  await page.getByText("What has the tag cards is stale now.").waitFor();
  assert.match(await cards.first().innerText(), /\tinvalidated\t/);
  assert.deepEqual(await states(page, "cards"), ["invalidated"]);
  await page.getByLabel("Tag", { exact: true }).fill("cards");
  await page.getByRole("button", { name: "Purge this tag" }).click();
  await page.getByText("What had the tag cards is gone.").waitFor();
  await page.getByText("Nothing is kept.").waitFor();
  assert.deepEqual(await states(page, "cards"), []);

  // The definition, with nothing to complain of; in the dark as well.
  await page.emulateMedia({ colorScheme: "dark" });
  await go("Definition");
  await page.locator("#findings", { hasText: "The linter finds nothing." }).waitFor();
  await page.locator(".code li", { hasText: '"operationId": "GetHome"' }).waitFor();
  await picture("definition");
}

/** What the application itself says of what has a tag. */
async function states(page, tag) {
  const found = [];
  let next = "";
  do {
    const query = new URLSearchParams({ tag, ...(next && { after: next }) });
    const answer = await page.request.get(`${url}/app/operator/cache?${query}`, { headers: { "x-api-key": OPERATOR_KEY } });
    assert.equal(answer.status(), 200);
    const part = await answer.json();
    found.push(...part.entries.map((entry) => entry.state));
    next = part.next;
  } while (next);
  return found;
}

/** Tries again until it is so. */
async function until(what, isSo) {
  const end = Date.now() + 30_000;
  while (!await isSo()) assert.ok(Date.now() < end, `never: ${what}`);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
