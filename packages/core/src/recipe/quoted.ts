import type { Recipe } from '../types.ts';

/** A string from a file for an error message: short, on one line, without control characters. */
export function quoted(text: string, longest = 60): string {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return JSON.stringify(short).replaceAll(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${(character.codePointAt(0) as number).toString(16).padStart(4, '0')}`,
  );
}

/** `lstm of @elman/cells`. */
export const nameOf = ({ package: from, factory }: Recipe): string => `${quoted(factory).slice(1, -1)} of ${from}`;

/** The type of a value, without its content. */
export function sortOf(value: unknown): string {
  if (value === null || value === undefined) return `${value}`;
  return Array.isArray(value) ? 'an array' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

/** The first line of the message of any error. */
export function reasonOf(error: unknown): string {
  const [first = ''] = String((error as Error | null)?.message ?? error).split('\n');
  return quoted(first, 200).slice(1, -1);
}
