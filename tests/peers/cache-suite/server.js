// The public suite of tests for HTTP caches (npm http-cache-tests), its origin and its client in one. The origin is below
// /suite; GET /results?base=URL runs the client against the cache at URL, whose origin this must be, and says what came of
// each case. Prints its URL when it listens.
//
// ONLY: the one case to run, with its requests and responses on the standard error. Else all of them run.

import { createServer } from 'node:http';
import fetch from 'node-fetch';
import { getResults, runTests } from 'http-cache-tests/client/runner.mjs';
import { makeCacheTest, testResults } from 'http-cache-tests/client/test.mjs';
import { determineTestResult } from 'http-cache-tests/lib/display.mjs';
import handleConfig from 'http-cache-tests/server/handle-config.mjs';
import handleState from 'http-cache-tests/server/handle-state.mjs';
import handleTest from 'http-cache-tests/server/handle-test.mjs';
import suites from 'http-cache-tests/tests/index.mjs';
import surrogateControl from 'http-cache-tests/tests/surrogate-control.mjs';

const log = console.log;
console.log = process.env.ONLY ? console.error : () => {};

// As the suite's own command line has it.
suites.push(surrogateControl);
if (process.env.ONLY) {
  for (const suite of suites) {
    suite.tests = suite.tests.filter((test) => test.id === process.env.ONLY);
    suite.tests.forEach((test) => { test.dump = true; });
  }
}

const VERDICTS = {
  '✅': 'pass', '⛔️': 'fail', '⚠️': 'fail', Y: 'yes', N: 'no', '-': 'untested', '⚪️': 'dependency', '🔹': 'setup', '↻': 'retry',
};

// How many cases run at once, and how often one runs again that could not be prepared, or that asks what is optional: answers
// in it live for two seconds, which a busy machine may need. One that shows a mistake does not run again.
const AT_ONCE = 50;
const AGAIN = 2;

const isToRunAgain = ({ id, kind = 'required' }) => {
  const result = testResults[id];
  return Array.isArray(result) && (kind !== 'required' || result[0] === 'Setup');
};

const run = async (base) => {
  // A run leaves its traces in the cases.
  const fresh = () => structuredClone(suites);
  await runTests(fresh(), fetch, false, base, AT_ONCE);
  for (let time = 0; time < AGAIN && !process.env.ONLY; time += 1) {
    const again = fresh().flatMap((suite) => suite.tests).filter(isToRunAgain);
    while (again.length > 0) {
      const some = again.splice(0, AT_ONCE);
      some.forEach(({ id }) => { delete testResults[id]; });
      await Promise.all(some.map(makeCacheTest));
    }
  }
  const results = getResults();
  return suites.flatMap((suite) => suite.tests.map(({ id, kind, name }) => ({
    id,
    kind: kind ?? 'required',
    name,
    verdict: VERDICTS[determineTestResult(suites, id, results, !process.env.ONLY)[2]] ?? 'harness',
    why: results[id]?.[1] ?? null,
  })));
};

const handlers = { config: handleConfig, state: handleState, test: handleTest };

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://suite');
  const [, folder, what, ...rest] = url.pathname.split('/');
  if (folder === 'suite' && what in handlers) {
    handlers[what](rest, request, response);
  } else if (folder === 'results') {
    response.end(JSON.stringify(await run(url.searchParams.get('base'))));
  } else {
    response.writeHead(404).end();
  }
});

// Its connections are the cache's to close: one that ends while a request is on its way is another test's subject.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => log(`listening on http://127.0.0.1:${server.address().port}`));
