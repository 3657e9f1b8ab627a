// An authorization server by others (npm oidc-provider), with an API that takes its tokens. Prints its URL when it listens.
//
// CLIENT_CERTIFICATE: PEM of the certificate of the clients that sign with a private key.

import { createServer } from 'node:http';
import { SignJWT, exportJWK, generateKeyPair, importX509, jwtVerify } from 'jose';
import { Provider, errors } from 'oidc-provider';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const AUDIENCE = 'api://midspan';
const FRONT_END = 'https://front-end.test';

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const [certificate] = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/.exec(process.env.CLIENT_CERTIFICATE);
const jwks = async (algorithm) => ({
  keys: [{ ...(await exportJWK(await importX509(certificate, algorithm))), alg: algorithm, use: 'sig' }],
});
const client = (client_id, grant_type, rest) => ({
  client_id, grant_types: [grant_type], redirect_uris: [], response_types: [], scope: 'read', ...rest,
});
const signing = async (client_id, algorithm) => client(client_id, 'client_credentials', {
  token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: algorithm, jwks: await jwks(algorithm),
});

const keys = await Promise.all(['RS256', 'ES256', 'EdDSA'].map(async (algorithm) => {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return exportJWK(privateKey);
}));

const provider = new Provider(issuer, {
  jwks: { keys },
  cookies: { keys: ['tests'] },
  clients: [
    client('post', 'client_credentials', { token_endpoint_auth_method: 'client_secret_post', client_secret: 'p0st=&s3cret' }),
    client('basic:1', 'client_credentials', { token_endpoint_auth_method: 'client_secret_basic', client_secret: 'b4sic: +%&' }),
    await signing('ps256', 'PS256'),
    await signing('rs256', 'RS256'),
    client('middle', JWT_BEARER, { token_endpoint_auth_method: 'client_secret_post', client_secret: 'm1ddle' }),
  ],
  scopes: ['read'],
  clientAuthMethods: ['client_secret_post', 'client_secret_basic', 'private_key_jwt'],
  enabledJWA: { clientAuthSigningAlgValues: ['PS256', 'RS256'] },
  features: {
    // Tokens for `api://midspan/<algorithm>` are JWTs (RFC 9068) that are signed with it; all others can only be looked up here.
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_ctx, resource) => ({
        scope: 'read', audience: AUDIENCE, accessTokenFormat: 'jwt', jwt: { sign: { alg: resource.slice(AUDIENCE.length + 1) } },
      }),
    },
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
  },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  ttl: { ClientCredentials: 3600, AccessToken: 3600, Grant: 3600 },
});

// On behalf of: the users' tokens come from elsewhere, as from Entra ID's front end.
const frontEnd = await generateKeyPair('ES256');
const userToken = (sub, seconds) => new SignJWT({ sub })
  .setProtectedHeader({ alg: 'ES256' })
  .setIssuer(FRONT_END).setAudience(AUDIENCE).setIssuedAt().setExpirationTime(`${seconds}s`)
  .sign(frontEnd.privateKey);

provider.registerGrantType(JWT_BEARER, async (ctx) => {
  const { assertion, requested_token_use, scope } = ctx.oidc.params;
  if (requested_token_use !== 'on_behalf_of') throw new errors.InvalidRequest('requested_token_use must be on_behalf_of');
  const verified = await jwtVerify(assertion, frontEnd.publicKey, { issuer: FRONT_END, audience: AUDIENCE }).catch((error) => {
    throw new errors.InvalidGrant(`the assertion does not verify: ${error.code}`);
  });
  const grant = new provider.Grant({ accountId: verified.payload.sub, clientId: ctx.oidc.client.clientId });
  grant.addOIDCScope(scope);
  const token = new provider.AccessToken({
    client: ctx.oidc.client, accountId: verified.payload.sub, grantId: await grant.save(), gty: 'on_behalf_of', scope,
  });
  ctx.oidc.entity('AccessToken', token);
  ctx.body = { access_token: await token.save(), token_type: 'Bearer', expires_in: token.expiration, scope };
}, ['assertion', 'requested_token_use', 'scope']);

const live = new Set();
const issued = {};
for (const kind of ['client_credentials', 'access_token']) {
  provider.on(`${kind}.saved`, (token) => {
    live.add(token);
    const name = token.accountId ?? token.clientId;
    issued[name] = (issued[name] ?? 0) + 1;
  });
}

const routes = {
  // Whose token it is, for a token that this server issued and has not revoked.
  'GET /whoami': async (request) => {
    const [, value] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    const token = value && (await provider.ClientCredentials.find(value) ?? await provider.AccessToken.find(value));
    if (!token) return [401, { error: 'invalid_token' }];
    return [200, { client: token.clientId, user: token.accountId ?? null, scope: token.scope }];
  },
  'GET /issued': async () => [200, issued],
  'GET /tokens': async () => [200, [...live].map((token) => token.jti)],
  'POST /revoke': async () => {
    await Promise.all([...live].map((token) => token.destroy()));
    live.clear();
    return [204];
  },
  'GET /user': async (_request, query) => [200, await userToken(query.get('sub'), query.get('seconds') ?? 600)],
};

const callback = provider.callback();
server.on('request', (request, response) => {
  const url = new URL(request.url, issuer);
  const route = routes[`${request.method} ${url.pathname}`];
  if (!route) return callback(request, response);
  route(request, url.searchParams).then(([status, body]) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? '' : JSON.stringify(body));
  });
});
console.log(`listening on ${issuer}`);

// It ends with whoever started it.
process.stdin.on('end', () => process.exit(0)).resume();
