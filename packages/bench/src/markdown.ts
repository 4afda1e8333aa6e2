/** A table in Markdown, its columns padded to one width; the first `left` are aligned left, the others right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], left = 1): string {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, i) => pad(cells[i] ?? '', width, i >= left)).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i >= left ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function pad(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width);
}

/** A number in three digits: 0.0123, 1.23, 12.3, 123, 1234. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return `${value}`;
  if (Math.abs(value) >= 99.95) return value.toFixed(0);
  if (Math.abs(value) >= 9.995) return value.toFixed(1);
  return Math.abs(value) >= 0.1 || value === 0 ? value.toFixed(2) : value.toPrecision(3);
}

/** A large number in thousands or millions: 950, 14.1k, 2.30M. */
export function large(value: number): string {
  if (value >= 999_500) return `${digits(value / 1e6)}M`;
  return value >= 999.5 ? `${digits(value / 1e3)}k` : digits(value);
}
