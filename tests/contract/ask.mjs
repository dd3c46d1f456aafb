// One HTTP request and its whole answer.
import http from 'node:http';
import { gunzipSync } from 'node:zlib';

export const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });

const large = 128 * 1024;

/// `headers`: an object, or a flat list of names and values where a name is to come twice.
export function ask({ port, method = 'GET', path = '/', headers = {}, body, timeout = 30_000 }) {
  return new Promise((done, fail) => {
    const started = Date.now();
    const all = Array.isArray(headers) ? ['host', `127.0.0.1:${port}`, ...headers] : { ...headers };
    const bytes = body === undefined ? undefined : Buffer.from(body);
    if (bytes !== undefined && !Array.isArray(all)) all['content-length'] ??= bytes.length;
    if (bytes !== undefined && Array.isArray(all)) all.push('content-length', String(bytes.length));
    const waits = bytes?.length > large && !Array.isArray(all) && all.expect === undefined;
    if (waits) all.expect = '100-continue';
    const request = http.request({ host: '127.0.0.1', port, method, path, headers: all, agent, timeout });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeout} ms: ${method} ${path}`)));
    request.on('error', fail);
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      done(answerOf(response, Buffer.alloc(0), started));
    });
    request.on('response', (response) => {
      if (waits && !request.writableEnded) response.on('close', () => request.destroy());
      const chunks = [];
      // A stream has no end: its head is what is asked for.
      if (/^text\/event-stream/.test(response.headers['content-type'] ?? '')) {
        done(answerOf(response, Buffer.alloc(0), started));
        return request.destroy();
      }
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', fail);
      response.on('aborted', () => fail(new Error(`cut off: ${method} ${path}`)));
      response.on('end', () => done(answerOf(response, Buffer.concat(chunks), started)));
    });
    // As curl does it: a large body waits for the word, since a refusal may come and the connection end before it is sent.
    if (waits) {
      request.on('continue', () => request.end(bytes));
      request.flushHeaders();
    } else {
      request.end(bytes);
    }
  });
}

function answerOf(response, sent, started) {
  const bytes = response.headers['content-encoding'] === 'gzip' && sent.length > 0 ? gunzipSync(sent) : sent;
  const type = (response.headers['content-type'] ?? '').split(';')[0].trim();
  const answer = { status: response.statusCode, headers: response.headers, type, bytes, ms: Date.now() - started };
  answer.text = bytes.toString('utf8');
  if (/[/+]json$/.test(type) && bytes.length > 0) {
    try {
      answer.json = JSON.parse(answer.text);
    } catch (error) {
      answer.notJson = error.message;
    }
  }
  return answer;
}
