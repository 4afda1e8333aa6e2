import { OptionError } from '@elman/core';
import { occurs } from './forbidden.ts';
import type { Progress } from './hypothesis.ts';

/** Bits of a number. */
const MOST = 30;
/** Most sequences that overlap, as the search for their shortest superstring is exponential. */
const MOST_OVERLAPPING = 12;

/**
 * Token sequences that must occur, in any order, overlaps allowed: an automaton (Aho & Corasick 1975) that tracks which have
 * occurred and the progress of others.
 */
export interface Required {
  /** The initial state. */
  readonly none: Progress;
  next(progress: Progress, token: number): Progress;
  /** Number of required tokens met: those of sequences that have occurred, and of one that has begun. It determines the bank. */
  met(progress: Progress): number;
  /** The fewest tokens until all have occurred. */
  needed(progress: Progress): number;
  /** The tokens that continue or begin a sequence. */
  continuations(progress: Progress): Iterable<number>;
}

type State = { readonly next: Map<number, number>; failure: number; ends: number; readonly depth: number };

/** @throws {OptionError} if there are too many. */
export function requiring(given: readonly (readonly number[])[]): Required | undefined {
  const sequences = given.filter((one, i) => !given.slice(0, i).some((other) => `${other}` === `${one}`));
  if (sequences.length === 0) return undefined;
  const overlapping = sequences.filter((one) => sequences.some((other) => other !== one && overlap(one, other)));
  if (sequences.length > MOST || overlapping.length > MOST_OVERLAPPING) {
    throw new OptionError(
      `decoding: required: expected at most ${MOST} sequences, and at most ${MOST_OVERLAPPING} that overlap with others, got ` +
        `${sequences.length} and ${overlapping.length}.`,
    );
  }
  const states = automaton(sequences);
  const all = 2 ** sequences.length - 1;
  const step = (state: number, token: number): number => {
    for (let at = state; ; at = (states[at] as State).failure) {
      const to = (states[at] as State).next.get(token);
      if (to !== undefined) return to;
      if (at === 0) return 0;
    }
  };
  const next = ({ state, met }: Progress, token: number): Progress => {
    const to = step(state, token);
    return { state: to, met: met | (states[to] as State).ends };
  };
  const after = sequences.map((sequence) => sequence.reduce(next, { state: 0, met: 0 }));
  /** For each state and sequence the length of its prefix that is a suffix of the tokens so far. */
  const begun = states.map((_, state) => sequences.map((sequence) => beginning(states, state, sequence)));
  const unmet = (met: number): number[] => [...sequences.keys()].filter((i) => (met & (1 << i)) === 0);
  const lengthOf = (i: number): number => (sequences[i] as readonly number[]).length;
  const begunOf = (state: number, i: number): number => (begun[state] as number[])[i] as number;
  const isAlone = sequences.map((sequence) => !overlapping.includes(sequence));

  const known = new Map<string, number>();
  /** The shortest completion over all choices of the next sequence to occur. Sequences without overlaps come last, concatenated. */
  const needed = ({ state, met }: Progress): number => {
    if (met === all) return 0;
    const key = `${state},${met}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const left = unmet(met);
    const alone = left.filter((i) => isAlone[i]);
    const sum = alone.reduce((total, i) => total + lengthOf(i), 0);
    const aloneMet = alone.reduce((bits, i) => bits | (1 << i), met);
    let least = Number.POSITIVE_INFINITY;
    if (alone.length > 0) {
      const most = Math.max(...alone.map((i) => begunOf(state, i)));
      if (alone.length === left.length) least = sum - most;
      else if (most > 0) least = sum - most + needed({ state: 0, met: aloneMet });
    }
    for (const i of left) {
      if (isAlone[i]) continue;
      const { state: to, met: with_ } = after[i] as Progress;
      const rest = needed({ state: to, met: aloneMet | with_ });
      least = Math.min(least, sum + lengthOf(i) - begunOf(state, i) + rest);
    }
    known.set(key, least);
    return least;
  };

  return {
    none: { state: 0, met: 0 },
    next,
    met({ state, met }) {
      let [done, most] = [0, 0];
      for (let i = 0; i < sequences.length; i++) {
        if ((met & (1 << i)) === 0) most = Math.max(most, begunOf(state, i));
        else done += lengthOf(i);
      }
      return done + most;
    },
    needed,
    *continuations({ state, met }) {
      for (const i of unmet(met)) {
        const sequence = sequences[i] as readonly number[];
        for (let at = state; ; at = (states[at] as State).failure) {
          const { depth } = states[at] as State;
          if (depth < sequence.length && begunOf(at, i) === depth) yield sequence[depth] as number;
          if (at === 0) break;
        }
      }
    },
  };
}

/** Whether a suffix of one is a prefix of the other, or one contains the other. */
function overlap(one: readonly number[], other: readonly number[]): boolean {
  const ends = (a: readonly number[], b: readonly number[]) =>
    a.some((_, from) => a.slice(from).every((id, i) => b[i] === id));
  return ends(one, other) || ends(other, one) || occurs(one, other) || occurs(other, one);
}

function automaton(sequences: readonly (readonly number[])[]): State[] {
  const states: State[] = [{ next: new Map(), failure: 0, ends: 0, depth: 0 }];
  for (const [i, sequence] of sequences.entries()) {
    let at = 0;
    for (const id of sequence) {
      const { next, depth } = states[at] as State;
      if (!next.has(id)) next.set(id, states.push({ next: new Map(), failure: 0, ends: 0, depth: depth + 1 }) - 1);
      at = next.get(id) as number;
    }
    (states[at] as State).ends |= 1 << i;
  }
  const queue = [...(states[0] as State).next.values()];
  for (const at of queue) {
    const { next, failure } = states[at] as State;
    (states[at] as State).ends |= (states[failure] as State).ends;
    for (const [id, to] of next) {
      let back = failure;
      while (back !== 0 && !(states[back] as State).next.has(id)) back = (states[back] as State).failure;
      (states[to] as State).failure = (states[back] as State).next.get(id) ?? 0;
      queue.push(to);
    }
  }
  return states;
}

/** The longest proper prefix of a sequence that is a suffix of the tokens of a state. */
function beginning(states: readonly State[], state: number, sequence: readonly number[]): number {
  const along = [0];
  for (const id of sequence) along.push((states[along[along.length - 1] as number] as State).next.get(id) as number);
  for (let at = state; at !== 0; at = (states[at] as State).failure) {
    const { depth } = states[at] as State;
    if (depth < sequence.length && along[depth] === at) return depth;
  }
  return 0;
}
