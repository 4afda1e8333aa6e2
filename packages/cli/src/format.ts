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

/** How many columns a text takes without its colour codes. */
function visibleLength(text: string): number {
  return text.replaceAll(COLOUR, '').length;
}

/** An argument as a shell takes it: quoted only where it must be. */
export function shellQuote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with the control character ESC.
const COLOUR = /\u001b\[\d+m/g;

const threeDigits = (x: number): string => x.toFixed(x >= 99.95 ? 0 : x >= 9.995 ? 1 : 2);
