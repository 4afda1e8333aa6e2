import { isUnicode } from './names.ts';

const TOKENS = /"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]|-?\d[\d.eE+-]*/g;
const PLAIN = /^(?:0|-?[1-9]\d*)$/;

/**
 * What is wrong with a header that `JSON.parse` passes over, if anything: a key that stands twice in one object, a size that is not written
 * as a whole number (`1.0`, `1e2`, `-0`), a text that is not Unicode. Readers would not agree on what such a file holds.
 * @param json a text that `JSON.parse` takes.
 */
export function flawOf(json: string): string | undefined {
  /** The objects and lists around a token: the key that it has come to in each, and those that an object has had. */
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
