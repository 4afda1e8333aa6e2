import type { Rng } from '@elman/core';
import { pick } from './teller.ts';

/** What the worlds are made of. */
export const PEOPLE: readonly string[] = ['mira', 'jonas', 'leila', 'oskar'];
/** Those of them who are he, the others being she. */
export const MEN: readonly string[] = ['jonas', 'oskar'];
export const PLACES: readonly string[] = ['bakery', 'harbour', 'library', 'garden', 'station', 'workshop'];
export const OBJECTS: readonly string[] = ['lantern', 'kite', 'basket'];

const GO = ['walked to', 'went to', 'hurried to', 'cycled to'];
const TAKE = ['took', 'picked up', 'grabbed'];
const DROP = ['put down', 'dropped', 'left'];

/** Mira for mira: the readers of stories do without capitals, people do not. */
export const name = (person: string): string => `${person.charAt(0).toUpperCase()}${person.slice(1)}`;

/** Several, as one says them: a, b and c. */
export const together = (people: readonly string[]): string => people.map(name).join(' and ');

export const goes = (rng: Rng, who: string, place: string): string => `${who} ${pick(rng, GO)} the ${place}.`;
export const takes = (rng: Rng, who: string, object: string): string => `${who} ${pick(rng, TAKE)} the ${object}.`;
export const drops = (rng: Rng, who: string, object: string): string => `${who} ${pick(rng, DROP)} the ${object}.`;
