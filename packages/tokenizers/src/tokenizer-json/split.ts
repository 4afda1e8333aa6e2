import type { Match, Pattern } from './pattern.ts';

/** The `behavior` for the matches of a pattern at which a text is split. */
export const BEHAVIORS = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'] as const;

export type Behavior = (typeof BEHAVIORS)[number];

/** The pieces of a text, without empty ones. */
export function split(text: string, pattern: Pattern, behavior: Behavior): string[] {
  const parts = pattern(text);
  const pieces = behavior === 'Removed' ? parts.filter(([, , isMatch]) => !isMatch) : merge[behavior](parts);
  return pieces.map(([start, end]) => text.slice(start, end)).filter((piece) => piece !== '');
}

const merge: { readonly [B in Exclude<Behavior, 'Removed'>]: (parts: Match[]) => Match[] } = {
  Isolated: (parts) => parts,
  Contiguous: (parts) => joined(parts, (isMatch, wasMatch) => isMatch === wasMatch),
  MergedWithPrevious: (parts) => joined(parts, (isMatch, wasMatch) => isMatch && !wasMatch),
  MergedWithNext: (parts) => joined(parts.reverse(), (isMatch, wasMatch) => isMatch && !wasMatch).reverse(),
};

/** Joins neighbours for which `together` is true, given whether each of them is a match. */
function joined(parts: readonly Match[], together: (isMatch: boolean, wasMatch: boolean) => boolean): Match[] {
  const pieces: Match[] = [];
  let wasMatch = false;
  for (const part of parts) {
    const [start, end, isMatch] = part;
    const last = pieces.at(-1);
    if (last !== undefined && together(isMatch, wasMatch)) {
      pieces[pieces.length - 1] = [Math.min(last[0], start), Math.max(last[1], end), false];
    } else {
      pieces.push(part);
    }
    wasMatch = isMatch;
  }
  return pieces;
}
