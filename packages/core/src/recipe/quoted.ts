import type { Recipe } from '../types.ts';

/** A text out of a file as an error may show it: short, on one line, without characters that steer a terminal. */
export function quoted(text: string, longest = 60): string {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return JSON.stringify(short).replaceAll(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${(character.codePointAt(0) as number).toString(16).padStart(4, '0')}`,
  );
}

/** `lstm of @elman/cells`. */
export const nameOf = ({ package: from, factory }: Recipe): string => `${quoted(factory).slice(1, -1)} of ${from}`;

/** What something is, without what is in it. */
export function sortOf(value: unknown): string {
  if (value === null || value === undefined) return `${value}`;
  return Array.isArray(value) ? 'an array' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

/** What an error of somebody else's says first. */
export function reasonOf(error: unknown): string {
  const [first = ''] = String((error as Error | null)?.message ?? error).split('\n');
  return quoted(first, 200).slice(1, -1);
}
