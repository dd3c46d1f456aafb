import assert from 'node:assert/strict';

/// Polls until `question` has an answer. A slow machine with sanitizers: what takes longer than this hangs.
export async function eventually(what, question, limit = 60_000) {
  for (const end = Date.now() + limit; ; await new Promise((done) => setTimeout(done, 10))) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) assert.fail(`waited ${limit} ms in vain for: ${what}`);
  }
}

/// A promise that is settled from outside.
export function gate() {
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  return { open, opened };
}
