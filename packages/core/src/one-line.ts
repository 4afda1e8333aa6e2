/** The longest message of an error of this library, in UTF-16 code units. */
const LONGEST = 400;
/** Its beginning, which says where, and its end, which says what to do, are kept. */
const BEGINNING = 280;

const UNSAFE = /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/gu;

/**
 * A text as an error message: one line of at most 400 characters. Control characters, line ends, marks of direction and lone
 * surrogates, which may come from a file, are written as escapes; of a longer text the middle is left out.
 */
export function oneLine(text: string): string {
  const short = text.length <= 2 * LONGEST ? text : text.slice(0, LONGEST) + text.slice(-LONGEST);
  const escaped = short.replace(UNSAFE, escapeOf);
  if (escaped.length <= LONGEST && short === text) return escaped;
  const end = escaped.slice(BEGINNING + 1 - LONGEST).replace(/^[\udc00-\udfff]/, '');
  return `${escaped.slice(0, BEGINNING).replace(/[\ud800-\udbff]$/, '')}…${end}`;
}

/** `\n`, `\u001b`. */
function escapeOf(character: string): string {
  const named = JSON.stringify(character).slice(1, -1);
  return named === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : named;
}
