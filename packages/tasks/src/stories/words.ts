import type { Rng } from '@elman/core';
import { pick } from './teller.ts';

/** The vocabulary of the stories. */
export const PEOPLE: readonly string[] = ['mira', 'jonas', 'leila', 'oskar'];
/** The people whose pronoun is "he"; the others are "she". */
export const MEN: readonly string[] = ['jonas', 'oskar'];
export const PLACES: readonly string[] = ['bakery', 'harbour', 'library', 'garden', 'station', 'workshop'];
export const OBJECTS: readonly string[] = ['lantern', 'kite', 'basket'];

const GO = ['walked to', 'went to', 'hurried to', 'cycled to'];
const TAKE = ['took', 'picked up', 'grabbed'];
const DROP = ['put down', 'dropped', 'left'];

/** Capitalised: Mira for mira. */
export const name = (person: string): string => `${person.charAt(0).toUpperCase()}${person.slice(1)}`;

/** An enumeration: a, b and c. */
export const together = (people: readonly string[]): string => people.map(name).join(' and ');

export const goes = (rng: Rng, who: string, place: string): string => `${who} ${pick(rng, GO)} the ${place}.`;
export const takes = (rng: Rng, who: string, object: string): string => `${who} ${pick(rng, TAKE)} the ${object}.`;
export const drops = (rng: Rng, who: string, object: string): string => `${who} ${pick(rng, DROP)} the ${object}.`;
