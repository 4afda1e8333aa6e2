import { isUnicode } from './names.ts';

const PLAIN = /^(?:0|-?[1-9]\d*)$/;

/**
 * An error in a header that `JSON.parse` ignores, if any: a duplicate key in an object, a size that is not written
 * as a whole number (`1.0`, `1e2`, `-0`), a string that is not Unicode. Readers differ on such files.
 * @param json a string that `JSON.parse` accepts.
 */
export function flawOf(json: string): string | undefined {
  /** The objects and lists around a token: the current key in each, and the previous keys of an object. */
  const around: { key: string; readonly seen: Set<string> }[] = [];
  for (const token of tokens(json)) {
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

const NUMBER = /-?\d[\d.eE+-]*/y;

/**
 * The brackets, braces, numbers and texts of JSON; a text that is a key with its colon, without the space before it. One
 * look at each character: a regular expression for texts takes stack with their length.
 */
function* tokens(json: string): Generator<string> {
  for (let i = 0; i < json.length; i++) {
    const character = json[i] as string;
    if ('{}[]'.includes(character)) yield character;
    else if (character === '"') {
      const start = i;
      for (i++; json[i] !== '"'; i++) if (json[i] === '\\') i++;
      let next = i + 1;
      while (' \t\n\r'.includes(json[next] ?? '-')) next++;
      yield json.slice(start, i + 1) + (json[next] === ':' ? ':' : '');
    } else if (/[-\d]/.test(character)) {
      NUMBER.lastIndex = i;
      const [number] = NUMBER.exec(json) as RegExpExecArray;
      i += number.length - 1;
      yield number;
    }
  }
}
