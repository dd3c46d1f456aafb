import { eventually as patiently } from '../../tests/contract/world.mjs';

/// The same, looked at often: what is waited for here may last a few milliseconds only.
export const eventually = (what, question, limit) => patiently(what, question, limit, 10);

/// A promise that is settled from outside.
export function gate() {
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  return { open, opened };
}
