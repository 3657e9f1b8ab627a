// A SOAP service by others (npm soap): /stock speaks SOAP 1.1, /stock12 SOAP 1.2. Prints its URL when it listens.
//
// WSDL: the path of stock.wsdl.

const { createHash } = require('node:crypto');
const { createServer } = require('node:http');
const { readFileSync } = require('node:fs');
const soap = require('soap');

const xml = readFileSync(process.env.WSDL, 'utf8');
const PASSWORD = 'pass<&">wörd';

const text = (element) => (element && element.$value !== undefined ? element.$value : element);

// What the server saw of the last request, for the test.
let seen = {};

const NAMESPACE = 'http://stock.example.org/service';
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

const noSuchItem = { NoSuchItem: { attributes: { xmlns: NAMESPACE }, nearest: 'a <b> & "c"' } };
const FAULTS = {
  '/stock': { faultcode: 'soap:Client', faultstring: 'There is no such item.', detail: noSuchItem, statusCode: 500 },
  // In SOAP 1.2, this server puts its prefix before all names within a fault; so the detail has none of ours.
  '/stock12': { Code: { Value: 'soap:Sender' }, Reason: { Text: 'There is no such item.' }, statusCode: 400 },
};

const answer = (path) => ({ item, shelf }, _callback, headers) => {
  if (item === 'nothing') throw { Fault: { ...FAULTS[path] } };
  if (item === 'broken') throw new Error('the shelf fell over');
  seen.tenant = text(headers && headers.Tenant);
  const shelves = shelf === undefined ? [] : [shelf].flat();
  return {
    item,
    price: '12.50',
    place: shelves.map((name, at) => ({
      't:shelf': name, 't:count': at + 1, 't:counted': '2026-03-02T08:30:00.123',
    })),
    note: { attributes: { 'xmlns:xsi': XSI, 'xsi:nil': 'true' } },
    photo: Buffer.from([0, 255, 10]).toString('base64'),
  };
};

const authenticate = (security) => {
  const token = security && security.UsernameToken;
  if (!token || text(token.Username) !== 'midspan') return false;
  const password = text(token.Password);
  const type = token.Password.attributes.Type;
  seen.timestamp = Boolean(security.Timestamp);
  seen.password = type.slice(type.indexOf('#') + 1);
  if (seen.password === 'PasswordText') return password === PASSWORD;
  const nonce = Buffer.from(text(token.Nonce), 'base64');
  const hash = createHash('sha1').update(nonce).update(text(token.Created)).update(PASSWORD);
  return hash.digest('base64') === password;
};

const server = createServer((request, response) => {
  response.statusCode = request.url === '/seen' ? 200 : 404;
  response.end(JSON.stringify(seen));
  seen = {};
});

server.listen(0, '127.0.0.1', () => {
  const options = { '/stock': {}, '/stock12': { forceSoap12Headers: true } };
  let waiting = 2;
  for (const [path, own] of Object.entries(options)) {
    const callback = () => {
      waiting -= 1;
      if (waiting === 0) console.log(`listening on http://127.0.0.1:${server.address().port}`);
    };
    const services = { Stock: { StockPort: { GetStock: answer(path) } } };
    const service = soap.listen(server, { path, services, xml, callback, ...own });
    service.authenticate = authenticate;
  }
});
