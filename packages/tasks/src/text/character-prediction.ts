import { DataError, type Score, type Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { expectPart, type Part } from '../parts.ts';
import { ids } from '../scoring.ts';

/** The text, and what is held out. */
export interface CharacterPredictionOptions {
  readonly text: string;
  /** Held out to watch progress; default: the second last twentieth of the text. */
  readonly validation?: string | undefined;
  /** Held out for the final score; default: the last twentieth of the text. */
  readonly test?: string | undefined;
}

/**
 * The next character of a text, at every frame.
 *
 *   inputs    t h e   c a t   s a t      length of them, from a random place of the text
 *   targets   h e   c a t   s a t
 *
 * Characters are Unicode code points; symbols are all those of the three texts, sorted. Every row begins with a fresh state. In training
 * every target counts; of held-out rows, those of the second half, so that a score is that of a net which has read something:
 * `elman train` carries the state on instead. Loss: nats per character; divided by ln 2, bits per character.
 *
 * `length` is the number of characters that are read, from 16. The task has no recipe: to load a model for it, pass the text again.
 *
 * Baseline: the frequencies of the characters in the text: their cross-entropy on the part, and the share of the most
 * frequent. Solved below the entropy of a character given the one before, as counted on the part itself: no
 * model that sees one character alone, however it was trained, comes below it.
 * @throws {DataError} if a text is shorter than 17 characters.
 */
export function characterPrediction(options: CharacterPredictionOptions): Task {
  const name = 'characterPrediction';
  const texts = partsOf(name, options);
  const symbols = [...new Set(Object.values(texts).flat())].sort();
  const idOf = new Map(symbols.map((symbol, id) => [symbol, id]));
  const coded = (part: Part): Uint32Array => Uint32Array.from(texts[part], (symbol) => idOf.get(symbol) as number);
  const train = coded('train');
  const seen = frequencies(train, symbols.length);
  const longest = Math.min(...Object.values(texts).map(({ length }) => length)) - 1;

  const over = (part: Part, text: Uint32Array): Task => {
    const bound = entropyGivenPrevious(text, symbols.length);
    const score = ofFrequencies(seen, text);
    return defineTask({
      name,
      inputSize: symbols.length,
      outputSize: symbols.length,
      easiest: { length: SHORTEST },
      hardest: { length: longest },
      symbols: { inputs: symbols, targets: symbols },
      scoring: ids,
      solved: {
        rule: `loss below ${bound.toFixed(3)}, what one character says of the next`,
        holds: ({ loss }) => loss < bound,
      },
      example(rng, { length }) {
        const start = rng.integer(text.length - length);
        const row = [...text.subarray(start, start + length + 1)];
        const unscored = part === 'train' ? 0 : Math.floor(length / 2);
        return {
          inputs: row.slice(0, -1),
          targets: row.slice(1),
          mask: row.slice(1).map((_, t) => (t < unscored ? 0 : 1)),
        };
      },
      baseline: () => score,
      part(other) {
        expectPart(name, other);
        return other === 'train' ? over(other, train) : over(other, coded(other));
      },
    });
  };
  return over('train', train);
}

/** Characters of a row at the least: in fewer, parts of a text share their rows. */
const SHORTEST = 16;

/** The characters of each part. */
function partsOf(name: string, { text, validation, test }: CharacterPredictionOptions): Record<Part, string[]> {
  const all = [...text];
  const twentieth = Math.floor(all.length / 20);
  const lastOf = (given: string | undefined): string[] => {
    if (given !== undefined) return [...given];
    return twentieth === 0 ? [] : all.splice(-twentieth);
  };
  const parts = { test: lastOf(test), validation: lastOf(validation), train: all };
  for (const [part, { length }] of Object.entries(parts)) {
    if (length > SHORTEST) continue;
    const isGiven = part === 'train' || (part === 'test' ? test : validation) !== undefined;
    const advice = isGiven ? '.' : `; give a longer text, or a ${part} text of its own.`;
    throw new DataError(`${name}: ${part}: expected ${SHORTEST + 1} characters or more, got ${length}${advice}`);
  }
  return parts;
}

/** Laplace's estimate: one more than was counted of each. */
function frequencies(text: Uint32Array, size: number): Float64Array {
  const counts = new Float64Array(size).fill(1);
  for (const id of text) counts[id] = (counts[id] as number) + 1;
  return counts.map((count) => count / (text.length + size));
}

function ofFrequencies(seen: Float64Array, text: Uint32Array): Score {
  const likeliest = seen.indexOf(Math.max(...seen));
  let [loss, right] = [0, 0];
  for (const id of text) {
    loss -= Math.log(seen[id] as number);
    if (id === likeliest) right++;
  }
  return { loss: loss / text.length, accuracy: right / text.length };
}

/** H(next | previous) = −Σ P(a, b) ln P(b | a), in nats, by the counts of a text. */
function entropyGivenPrevious(text: Uint32Array, size: number): number {
  const pairs = new Map<number, number>();
  const firsts = new Float64Array(size);
  for (let i = 1; i < text.length; i++) {
    const [a, b] = [text[i - 1] as number, text[i] as number];
    firsts[a] = (firsts[a] as number) + 1;
    pairs.set(a * size + b, (pairs.get(a * size + b) ?? 0) + 1);
  }
  let entropy = 0;
  for (const [pair, count] of pairs) entropy -= count * Math.log(count / (firsts[Math.floor(pair / size)] as number));
  return entropy / (text.length - 1);
}
