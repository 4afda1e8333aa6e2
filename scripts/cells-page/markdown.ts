/** Text as Markdown. */

/** What would begin a list, a quotation or a heading at the beginning of a line. */
const BEGINS_A_BLOCK = /^(?:[-+*=>]|#+|\d+[.)])$/;

/** Text in lines of about this width, broken between words; code between backticks is one word, unless it is a long command. */
export function wrap(text: string, width = 120): string {
  const lines: string[] = [];
  for (const word of text.match(/(?:`[^`]{0,80}`|\S)+/g) ?? []) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && (longer.length <= width || BEGINS_A_BLOCK.test(word))) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join('\n');
}

/** A point of a list, its lines indented. */
export const point = (text: string): string => `- ${wrap(text, 118).replaceAll('\n', '\n  ')}`;

/** Plain text, with its code between backticks: `link` gives what stands for a piece of code. */
export function prose(text: string, link: (code: string) => string = (code) => code): string {
  return text.replace(/`([^`]*)`|[*_<]/g, (found, code?: string) => (code === undefined ? `\\${found}` : link(found)));
}

/** A table; the first column is aligned left, the others right. */
export function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`.replaceAll(/ {2,}/g, ' ');
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** A number in some digits, by default three: 0.0123, 1.23, 12.3, 123, 1230. */
export function digits(value: number, count = 3): string {
  const short = value.toPrecision(count);
  return value === 0 || short.includes('e') ? `${Number(short)}` : short;
}
