// Reads Swagger 2.0 with packages by others: npm @apidevtools/swagger-parser validates, swagger-client calls, ajv holds answers
// against their schemas. Prints its URL when it listens.
//
// POST /validate  {definition}                                  -> {operations} | 422 {message}
// POST /call      {definition, operationId, parameters, body, authorizations} -> {status, url, problems}

import { createServer } from 'node:http';
import SwaggerParser from '@apidevtools/swagger-parser';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import SwaggerClient from 'swagger-client';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

const operations = (definition) =>
  Object.values(definition.paths).flatMap((item) => METHODS.filter((method) => item[method]).map((method) => item[method]));

// Parsers write into what they are given.
const copy = (definition) => structuredClone(definition);

async function validate({ definition }) {
  const parsed = await SwaggerParser.validate(copy(definition));
  const { spec, errors } = await SwaggerClient.resolve({ spec: copy(definition) });
  if (errors.length > 0) throw new Error(errors.map((error) => error.message).join('\n'));
  return { operations: operations(parsed).map((operation) => operation.operationId), paths: Object.keys(spec.paths).length };
}

// Swagger 2.0 has no null; Microsoft's extension for it is a part of the contract.
function withNull(schema) {
  if (Array.isArray(schema)) return schema.map(withNull);
  if (schema === null || typeof schema !== 'object') return schema;
  const { 'x-nullable': nullable, ...rest } = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withNull(value)]));
  return nullable === true ? { anyOf: [rest, { type: 'null' }] } : rest;
}

async function call({ definition, operationId, parameters, body, authorizations }) {
  const whole = await SwaggerParser.dereference(copy(definition));
  const operation = operations(whole).find((operation) => operation.operationId === operationId);
  const client = await SwaggerClient({ spec: copy(definition), authorizations });
  const given = body === undefined ? parameters : { ...parameters, body };
  const answer = await client.execute({ operationId, parameters: given }).catch((error) => {
    if (error.response) return error.response;
    throw error;
  });
  const declared = operation.responses[answer.status] ?? operation.responses.default;
  const problems = declared ? [] : [`status ${answer.status} is not declared`];
  if (declared?.schema) {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats(ajv);
    const check = ajv.compile(withNull(declared.schema));
    if (!check(answer.body)) problems.push(...check.errors.map((error) => `${error.instancePath} ${error.message}`));
  }
  return { status: answer.status, url: answer.url, problems };
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const answer = (status, value) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  try {
    const input = JSON.parse(Buffer.concat(chunks).toString());
    answer(200, await (request.url === '/validate' ? validate(input) : call(input)));
  } catch (error) {
    answer(422, { message: error.message });
  }
});
server.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
// The test ends us by closing our input.
process.stdin.on('end', () => process.exit()).resume();
