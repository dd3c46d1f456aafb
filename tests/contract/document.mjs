// The documents as judges: what an answer or a message must be like.
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/// The schemas as served leave room for members to come; here each member that is not described is a fault.
function close(json) {
  if (Array.isArray(json)) return json.map(close);
  if (json === null || typeof json !== 'object') return json;
  const closed = Object.fromEntries(Object.entries(json).map(([name, value]) => [name, close(value)]));
  if (json.type === 'object' && json.properties && !('additionalProperties' in json)) closed.additionalProperties = false;
  return closed;
}

function judgeOf(AjvClass, document) {
  const ajv = new AjvClass({ strict: true, allowUnionTypes: true, strictRequired: false, allErrors: false });
  addFormats(ajv);
  for (const name of Object.keys(document)) ajv.addKeyword(name);
  ajv.addSchema({ ...close(document), $id: 'document:' });
  return {
    at: (...steps) => {
      const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
      return ajv.getSchema(`document:#/${pointer}`);
    },
    explain: (validate) => ajv.errorsText(validate.errors, { separator: '; ' }) + ' ' + JSON.stringify(validate.errors[0].params),
  };
}

// The only statuses that an answer may have without being named by its operation: what HTTP itself asks for.
const refusals = new Set([405, 408, 413, 414, 417, 431]);

export class Contract {
  constructor(openapi) {
    this.document = openapi;
    this.judge = judgeOf(Ajv2020, openapi);
    this.operations = Object.entries(openapi.paths).flatMap(([pattern, item]) =>
      Object.entries(item).map(([method, operation]) => ({ key: `${method.toUpperCase()} ${pattern}`, method: method.toUpperCase(), pattern, operation })),
    );
  }

  resolved(part) {
    if (!part?.$ref) return { part, steps: undefined };
    const steps = part.$ref.slice(2).split('/');
    return { part: steps.reduce((json, step) => json[step], this.document), steps };
  }

  parametersOf(operation) {
    return (operation.parameters ?? []).map((one) => this.resolved(one).part);
  }

  methodsOf(pattern) {
    return Object.keys(this.document.paths[pattern]).map((method) => method.toUpperCase());
  }

  /// What is wrong with the answer to a request of `operation`, `method` being the one that was sent; nothing: [].
  complaints(found, answer, method = found.method) {
    const { status, type, headers } = answer;
    // Another method of the path may be an operation of its own.
    found = this.operations.find((one) => one.pattern === found.pattern && one.method === method) ?? found;
    const wrong = this.general(answer, method);
    const known = this.methodsOf(found.pattern).includes(method) || method === 'HEAD';
    const responses = found.operation.responses;
    const range = `${String(status)[0]}XX`;
    let name = String(status);
    if (!known) {
      const allowed = this.methodsOf(found.pattern).concat(this.methodsOf(found.pattern).includes('GET') ? 'HEAD' : [], 'OPTIONS');
      const allow = (headers.allow ?? '').split(', ').filter(Boolean);
      if ([204, 405].includes(status) && allow.slice().sort().join() !== allowed.sort().join()) wrong.push(`Allow is "${headers.allow}", not ${allowed}`);
      if (method === 'OPTIONS' && status === 204) return wrong;
      if (method !== 'OPTIONS' && status === 405) name = '4XX';
    }
    if (!(name in responses)) {
      if (!refusals.has(status)) wrong.push(`status ${status} is not described`);
      name = range;
    }
    const { part: response, steps } = this.resolved(responses[name]);
    if (!response) return wrong;

    for (const [header, described] of Object.entries(response.headers ?? {})) {
      const { part } = this.resolved(described);
      const value = headers[header.toLowerCase()];
      if (value === undefined && part.required) wrong.push(`header ${header} is missing`);
    }
    if (method === 'HEAD' || status === 101 || status === 204 || status === 304) {
      if (answer.bytes.length > 0) wrong.push('a body where there may be none');
      return wrong;
    }
    if (!response.content) {
      if (answer.bytes.length > 0) wrong.push(`status ${status} is described without a body`);
      return wrong;
    }
    if (!(type in response.content)) return [...wrong, `content type "${headers['content-type']}" is not described for ${status}`];
    if (!/json$/.test(type)) return wrong;
    if (answer.json === undefined) return [...wrong, `the body is no JSON: ${answer.notJson}`];
    const where = steps ?? ['paths', found.pattern, found.method.toLowerCase(), 'responses', name];
    const validate = this.judge.at(...where, 'content', type, 'schema');
    if (!validate(answer.json)) wrong.push(`${status}: ${this.judge.explain(validate)}`);
    return wrong;
  }

  /// What holds for every answer, whatever was asked.
  general(answer, method) {
    const wrong = [];
    const { status, headers, json } = answer;
    if (status !== 101 && headers['x-content-type-options'] !== 'nosniff') wrong.push('X-Content-Type-Options is not nosniff');
    if (status !== 101 && !headers['cache-control']) wrong.push('Cache-Control is missing');
    if (status === 429 && !/^[1-9][0-9]*$/.test(headers['retry-after'] ?? '')) wrong.push('429 without Retry-After');
    if (status === 401 && /Bearer/.test(answer.text) && !headers['www-authenticate']) wrong.push('401 without WWW-Authenticate');
    if (status >= 400 && method !== 'HEAD') {
      if (answer.type !== 'application/problem+json') wrong.push(`${status} is no problem+json but "${answer.type}"`);
      else if (json?.status !== status) wrong.push(`a problem that says ${json?.status} in an answer of ${status}`);
    }
    return wrong;
  }
}

/// The messages of a channel, judged by their `type`.
export class StreamContract {
  constructor(asyncapi) {
    this.document = asyncapi;
    this.judge = judgeOf(Ajv, asyncapi);
  }

  messagesOf(operation) {
    const { messages } = this.document.operations[operation];
    return messages.map(({ $ref }) => $ref.split('/').at(-1));
  }

  complaints(message, among) {
    if (!among.includes(message?.type)) return [`a message of the type ${message?.type} is not described: ${JSON.stringify(message)}`];
    const validate = this.judge.at('components', 'schemas', this.document.components.messages[message.type].payload.$ref.split('/').at(-1));
    return validate(message) ? [] : [`${message.type}: ${this.judge.explain(validate)}: ${JSON.stringify(message)}`];
  }
}
