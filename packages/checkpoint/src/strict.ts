import { isUnicode } from './names.ts';

const TOKENS = /"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]|-?\d[\d.eE+-]*/g;
const PLAIN = /^(?:0|-?[1-9]\d*)$/;

/**
 * An error in a header that `JSON.parse` ignores, if any: a duplicate key in an object, a size that is not written
 * as a whole number (`1.0`, `1e2`, `-0`), a string that is not Unicode. Readers differ on such files.
 * @param json a string that `JSON.parse` accepts.
 */
export function flawOf(json: string): string | undefined {
  /** The objects and lists around a token: the current key in each, and the previous keys of an object. */
  const around: { key: string; readonly seen: Set<string> }[] = [];
  for (const [token] of json.matchAll(TOKENS)) {
    const inner = around.at(-1);
    const path = around.map(({ key }) => key);
    if (token === '{' || token === '[') around.push({ key: '', seen: new Set() });
    else if (token === '}' || token === ']') around.pop();
    else if (token.startsWith('"')) {
      const text = JSON.parse(token.replace(/:$/, '')) as string;
      if (!isUnicode(text)) return 'a text in its header is not Unicode.';
      if (inner === undefined || !token.endsWith(':')) continue;
      if (inner.seen.has(text))
        return `${[...path.slice(0, -1), text].filter(Boolean).join(': ')} stands twice in its header.`;
      inner.seen.add(text);
      inner.key = text;
    } else if (
      ['shape', 'data_offsets'].includes(path[1] ?? '') &&
      Number.isSafeInteger(+token) &&
      !PLAIN.test(token)
    ) {
      return `${path[0]}: ${path[1]}: expected whole numbers, got ${token}.`;
    }
  }
  return undefined;
}
