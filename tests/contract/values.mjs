// Values made from schemas: such as they describe, and such as they don't. Chance comes from a seed, so a run can be had again.

/// mulberry32
export function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    below: (n) => Math.floor(next() * n),
    one: (list) => list[Math.floor(next() * list.length)],
    is: (share) => next() < share,
  };
}

const long = (n, c = 'a') => c.repeat(n);

/// Raw (not yet encoded) query values that a parameter of this schema must refuse.
export function badValues(schema) {
  if (schema.enum) return ['zzz', `${schema.enum[0]}x`, String(schema.enum[0]).toUpperCase() + ' '];
  if (schema.pattern?.includes('ms|s|m')) return ['5', 's', '-1s', '1.5s', '1h', '999999999s', '99999999999999999999m', '30 s', 'x'];
  if (schema.format === 'date-time') return ['yesterday', '12', '2025-13-01T00:00:00Z', '2025-02-30T00:00:00Z', '2025-01-20 25:00', '2025-01-20T10:30:00+99:00', long(3000, '1')];
  switch (schema.type) {
    case 'integer': {
      const bad = ['x', '1.5', '-1', '1e3', ' 1', '1 ', '+1', '0x10', 'NaN', '99999999999999999999', long(3000, '9'), '١'];
      if (schema.minimum > 0) bad.push(String(schema.minimum - 1));
      if (schema.maximum < 1e9) bad.push(String(schema.maximum + 1));
      return bad;
    }
    case 'boolean':
      return ['yes', '1', '0', 'TRUE', 'True', 'null', ' true', 'truee'];
    case 'number':
      return ['abc', '1,5', 'NaN', 'Infinity', '0x1', '1e999999999', '--1', '1.', '.5', '1 2', long(3000, '9')];
    default:
      return [];
  }
}

/// What no parameter may be: as it stands in the address.
export const badEncodings = ['%', '%f', '%zz', '%ff', '%c0%80', '%ed%a0%80', '%f5%80%80%80', '%00', '%0a', '%7f', 'a%e2%82'];

/// Raw values that a parameter of this schema may take.
export function goodValues(schema, examples = []) {
  const good = [...examples];
  if (schema.enum) return good.concat(schema.enum);
  if (schema.pattern?.includes('ms|s|m')) return ['0s', '0ms', '1ms', '20ms'];
  if (schema.format === 'date-time') return good.concat(['2025-01-20T10:30:00Z', '1999-12-31T23:59:59.999Z', '2125-01-01T00:00:00-05:00']);
  switch (schema.type) {
    case 'integer':
      return good.concat([schema.minimum ?? 0, schema.minimum ?? 0, 1, 2, Math.min(schema.maximum ?? 1000, 1000)]);
    case 'boolean':
      return ['true', 'false'];
    case 'number':
      return good.concat(['0', '-1', '12.5', '1e3', '0.000001']);
    default:
      return good.concat(['a', 'ñandú', '🧦', '%', '*', "'; --", '../../etc/passwd', '\u202e', long(2000), 'null', '-1']);
  }
}

/// Bodies that no JSON endpoint may stumble over.
export const badBodies = [
  '',
  ' ',
  '{',
  '{"a":1,}',
  '{"a":1}x',
  '{"a":1,"a":2}',
  '[]',
  'null',
  'true',
  '"text"',
  '12',
  '1e999999999',
  '{"a":1e999999999}',
  `{"a":${long(5000, '9')}}`,
  `${long(100_000, '[')}`,
  `${long(30, '{"a":')}1${long(30, '}')}`,
  `${long(500, '{"a":')}1${long(500, '}')}`,
  `{"a":"${long(200_000)}"}`,
  `{${Array.from({ length: 5000 }, (_, i) => `"m${i}":${i}`).join()}}`,
  Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]),
  Buffer.from('\ufeff{}'),
  Buffer.from('{"topic":"x"}', 'utf16le'),
  '{"a":"\\ud800"}',
  '{"a":"\\u0000"}',
  '{"a":"\u0001"}',
  long((1 << 20) + 1, ' '),
];

const oddities = [null, true, false, 0, -1, 0.1, 1e15, 1e300, '', ' ', 'x', long(10_000), '\u0000', '🧦', [], {}, [null], [[]], { a: 1 }, [{ id: null }]];

/// Copies of a good body with one member taken away, odd, or too much.
export function* mutations(body, schema) {
  const names = new Set([...Object.keys(body), ...Object.keys(schema?.properties ?? {})]);
  for (const name of names) {
    const without = { ...body };
    delete without[name];
    yield without;
    for (const odd of oddities) yield { ...body, [name]: odd };
  }
  yield { ...body, unknown_member: 1, __proto__x: { a: 1 } };
}

/// Headers that may come with any request. Undefined: none.
export const headerPool = {
  accept: [undefined, '*/*', 'application/json', 'text/csv', 'text/html', 'application/xml', '*/*;q=0', 'text/csv;q=0.5, application/json;q=0.4', ';;;', 'a/b/c', long(4000)],
  'accept-encoding': [undefined, 'gzip', 'gzip, br', 'identity;q=0', '*;q=0', 'gzip;q=0', 'zstd', ';', long(3000)],
  'if-none-match': [undefined, '*', '"x"', 'W/"x"', 'x', '"x", "y"', '"', long(4000)],
  'if-modified-since': [undefined, 'Sat, 29 Oct 1994 19:43:31 GMT', 'yesterday'],
  'if-match': [undefined, '*', '"x"'],
  range: [undefined, 'bytes=0-10', 'bytes=-1', 'bytes=9999999-', 'lines=1-2', 'bytes=0-0,5-6', 'x'],
  origin: [undefined, 'null', 'https://evil.example', 'x', 'http://127.0.0.1', long(2000)],
  cookie: [undefined, 'a=b', 'stockcast_session=x', '=', ';;;', `session=${long(3000)}`],
  'content-encoding': [undefined, 'gzip', 'identity', 'x'],
  'content-language': [undefined, 'es'],
  'last-event-id': [undefined, '1', 'x:1', ':', '-1', '99999999999999999999999', 'ñ'.normalize(), long(3000)],
  'x-forwarded-for': [undefined, '1.2.3.4', 'x, y', '::1', long(3000)],
  'x-forwarded-proto': [undefined, 'https'],
  'x-request-id': [undefined, 'abc', long(3000), '{"a":1}', '../..'],
  'x-http-method-override': [undefined, 'DELETE'],
  'x-stockcast-replay': [undefined, '1', '0', 'x'],
  upgrade: [undefined, 'h2c', 'websocket'],
  'sec-websocket-key': [undefined, 'x', 'dGhlIHNhbXBsZSBub25jZQ=='],
  'sec-websocket-version': [undefined, '13', '8', 'x'],
  'sec-websocket-protocol': [undefined, 'bearer.x', 'chat', ',', long(2000)],
  expect: [undefined, 'x'],
  'access-control-request-method': [undefined, 'GET', 'x'],
};

/// Values that no header expects.
export const oddHeaders = ['', ',', '"', '=', ';q=', '\u00f1', '\u00ff'.repeat(100), '\t', long(12_000), long(20_000)];

export const contentTypes = [undefined, 'application/json', 'application/json; charset=utf-8', 'application/json;charset=latin1', 'APPLICATION/JSON', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '', 'json', long(2000)];

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND', 'SEARCH', 'PURGE', 'M-SEARCH'];
