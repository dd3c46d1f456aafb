// Quantities have exactly SIIGO's digits in the server's JSON. JSON.parse makes doubles of them, which hold 15 decimal digits
// and no trailing zeros; where a double's own text is not what stood there, the text is kept beside it.

const texts = new WeakMap<object, Record<string, string | undefined>>();
const mark = `${Math.random()}:`;
const tokens = /"[^"\\]*(?:\\[^][^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** JSON.parse that loses no digit: see `exact`. @internal */
export function parse(json: string): any {
  let isExact = true;
  const marked = json.replace(tokens, (token) => {
    if (token[0] === '"' || `${+token}` === token) return token;
    isExact = false;
    return `"${mark}${token}"`;
  });
  if (isExact) return JSON.parse(json);
  return JSON.parse(marked, function (this: object, member: string, value: unknown) {
    if (typeof value !== 'string' || !value.startsWith(mark)) return value;
    const text = value.slice(mark.length);
    texts.set(this, { ...texts.get(this), [member]: text });
    return +text;
  });
}

/**
 * A number of a message or product with exactly the digits that the server sent, as decimal text: `exact(change, 'newStock')`.
 * Null where there is none. A copy of the object (`{...change}`) has lost them.
 */
export function exact<Holder extends object>(holder: Holder, member: keyof Holder & string): string | null {
  const value = holder[member];
  return typeof value === 'number' ? (texts.get(holder)?.[member] ?? `${value}`) : null;
}

/** `to` with the digits of `from`'s `source` for its `member`, and else with those of `rest`, whose copy it is. @internal */
export function carry<Holder extends object>(to: Holder, from: object, source: string, member: string, rest = to): Holder {
  texts.set(to, { ...texts.get(rest), [member]: texts.get(from)?.[source] });
  return to;
}
