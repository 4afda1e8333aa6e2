/** Numbers as people read them. Pure functions. */

/** 1234567 → `1.23M`, 45678 → `45.7k`, 950 → `950`: three digits. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return '–';
  if (count >= 999_500) return `${threeDigits(count / 1e6)}M`;
  if (count >= 999.5) return `${threeDigits(count / 1e3)}k`;
  return count >= 100 ? count.toFixed(0) : threeDigits(count);
}

/** 5 → `5 s`, 65 → `1:05`, 3725 → `1:02:05`. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const two = (n: number): string => `${n}`.padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Rows as aligned columns, two spaces apart. The width of a cell is that of its text without colours. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => visibleLength(row[i] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - visibleLength(cell))))
      .join('  ')
      .trimEnd(),
  );
}

/** A part of a line; what is spare may be left out. */
export type Part = { readonly text: string; readonly spare?: boolean };

/** Parts with ` · ` between, in less than `columns` columns: spare ones are left out for it, the last of them first. */
export function fitted(parts: readonly Part[], columns: number): string {
  const line = parts.map(({ text }) => text).join(' · ');
  const last = parts.findLastIndex(({ spare }) => spare);
  if (visibleLength(line) < columns || last < 0) return line;
  return fitted(
    parts.filter((_, i) => i !== last),
    columns,
  );
}

/** A text cut behind commas and the like into lines of less than `columns` columns, where it has some; all but the first are indented. */
export function wrapped(text: string, columns: number): string {
  const lines: string[] = [];
  let line = '';
  for (const part of text.split(/(?<=[,;:·)]) /)) {
    const longer = line === '' ? part : `${line} ${part}`;
    if (line !== '' && visibleLength(longer) >= columns) {
      lines.push(line);
      line = `  ${part}`;
    } else line = longer;
  }
  return [...lines, line].join('\n');
}

/** How many columns a text takes without its colour codes. */
function visibleLength(text: string): number {
  return text.replaceAll(COLOUR, '').length;
}

/** An argument as a shell takes it: quoted only where it must be. */
export function shellQuote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** `learningRate` → `--learning-rate`, as it is typed. */
export function optionName(setting: string): string {
  return `--${setting.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with the control character ESC.
const COLOUR = /\u001b\[\d+m/g;

const threeDigits = (x: number): string => x.toFixed(x >= 99.95 ? 0 : x >= 9.995 ? 1 : 2);
