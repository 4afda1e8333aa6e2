/** Python's white space; `\s` of JavaScript has U+FEFF and lacks the separators U+001C to U+001F and U+0085. */
const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const SPACES = new RegExp(`[${SPACE}]+`, 'u');
const ALL_SPACES = new RegExp(`[${SPACE}]+`, 'gu');
const IS_SPACE = new RegExp(`[${SPACE}]`, 'u');

/** Words separated by white space. */
export function wordsOf(text: string): string[] {
  return text.split(SPACES).filter((word) => word !== '');
}

export function withoutSpaces(text: string): string {
  return text.replace(ALL_SPACES, '');
}

export function withoutTrailingSpaces(text: string): string {
  let end = text.length;
  while (end > 0 && IS_SPACE.test(text[end - 1] as string)) end--;
  return text.slice(0, end);
}

/** The count of each n-gram, in the order of first occurrence; keys are the joined items. */
export function countRuns(items: readonly string[], n: number, joint: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= items.length; i++) {
    let run = items[i] as string;
    for (let j = i + 1; j < i + n; j++) run += joint + (items[j] as string);
    counts.set(run, (counts.get(run) ?? 0) + 1);
  }
  return counts;
}
