import { type Difficulty, OptionError, type Rng } from '@elman/core';
import { expectDifficulty } from '../difficulty.ts';

/** The building blocks of programs; see `generateProgram`. */
export type Operation = 'number' | 'sum' | 'product' | 'assignment' | 'conditional' | 'loop';

/** A program in Python, its last line a print without a newline after it, and what it prints. */
export interface Program {
  readonly program: string;
  /** A whole number in decimal, exact whatever its size. */
  readonly output: string;
}

/** Options of the programs. */
export type GenerateOptions = {
  /** Drawn uniformly from this list, which may repeat some; default: all six. */
  readonly operations?: readonly Operation[] | undefined;
};

/** A piece of code without side effects, and its value at that point. */
type Operand = { readonly code: string; readonly value: bigint };

/** A program in the making: its lines, and the variables it has not used yet. */
type Draft = {
  readonly rng: Rng;
  readonly length: number;
  readonly lines: string[];
  readonly unused: string[];
};

type Make = (draft: Draft, a: Operand, b: Operand, c: Operand, d: Operand) => Operand;

const OPERATIONS: { readonly [operation in Operation]: { readonly operands: number; readonly make: Make } } = {
  number: { operands: 1, make: (_, a) => a },
  sum: {
    operands: 2,
    make: ({ rng }, a, b) => sumOf(rng, a, b),
  },
  product: {
    operands: 1,
    make({ rng, length }, a) {
      const factor = small(rng, length);
      const code = rng.integer(2) === 0 ? `(${a.code}*${factor})` : `(${factor}*${a.code})`;
      return { code, value: a.value * BigInt(factor) };
    },
  },
  assignment: {
    operands: 2,
    make({ rng, lines, unused }, a, b) {
      const name = unused.pop() as string;
      lines.push(`${name}=${a.code}`);
      return sumOf(rng, { code: name, value: a.value }, b);
    },
  },
  conditional: {
    operands: 4,
    make({ rng }, a, b, c, d) {
      const [sign, holds] = rng.integer(2) === 0 ? ['<', a.value < b.value] : ['>', a.value > b.value];
      return { code: `(${c.code} if ${a.code}${sign}${b.code} else ${d.code})`, value: holds ? c.value : d.value };
    },
  },
  loop: {
    operands: 2,
    make({ rng, length, lines, unused }, a, b) {
      const name = unused.pop() as string;
      const times = small(rng, length);
      const isSum = rng.integer(2) === 0;
      lines.push(`${name}=${a.code}`, `for x in range(${times}):${name}${isSum ? '+' : '-'}=${b.code}`);
      const change = BigInt(times) * b.value;
      return { code: name, value: isSum ? a.value + change : a.value - change };
    },
  },
};

/** As many operations as there are variables, since each needs one at most. */
const VARIABLES = 'abcdefghij';

/** The difficulties of programs. */
export const programGrades: { readonly easiest: Difficulty; readonly hardest: Partial<Difficulty> } = {
  easiest: { length: 1, nesting: 1 },
  hardest: { nesting: VARIABLES.length },
};

/**
 * A random program that prints a number, after Zaremba & Sutskever 2014.
 *
 *   j=8584                              length 4, nesting 3
 *   for x in range(8):j+=920
 *   b=(1500+j)
 *   print((b+7567))                     prints 25011
 *
 * Numbers are drawn uniformly from 1 to 10^length; small ones, a factor of a product and how often a loop runs, from 1 to
 * 4·length. `nesting` is the number of operations. Each is drawn of
 *
 *   number       6652                                        the expression so far, unchanged
 *   sum          (1500+7567) or (1500-7567)
 *   product      (16*3071) or (3071*16)                       one factor is small
 *   assignment   b=2060 and then (b+4387) or (b-4387)
 *   conditional  (5997 if 738<9977 else 203), or with >
 *   loop         j=8584, for x in range(8):j+=920 (or j-=920), and then j; never one in another
 *
 * and takes what was made before it in place of one of its numbers, whichever, so that no code is dead. (So does the authors'
 * own generator, and so do the examples that they print; the pseudocode of the paper decides at random for each number.) Variables are
 * a to j in random order, which is why `nesting` is at most 10.
 *
 * @throws {OptionError} if the difficulty or the operations are invalid.
 * @see Zaremba & Sutskever 2014, Learning to execute, section 3 and algorithm 1
 */
export function generateProgram(rng: Rng, difficulty: Difficulty, { operations }: GenerateOptions = {}): Program {
  expectDifficulty({ name: 'generateProgram', ...programGrades }, difficulty);
  const allowed = expectOperations('generateProgram', operations);
  const { length, nesting } = difficulty as Difficulty & { nesting: number };
  const unused = Array.from(rng.permutation(VARIABLES.length), (place) => VARIABLES[place] as string);
  const draft: Draft = { rng, length, lines: [], unused };
  let made: Operand | undefined;
  for (let i = 0; i < nesting; i++) {
    const { operands, make } = OPERATIONS[allowed[rng.integer(allowed.length)] as Operation];
    const numbers = Array.from({ length: operands }, () => upToPowerOfTen(rng, length));
    if (made !== undefined) numbers[rng.integer(operands)] = made;
    made = make(draft, ...(numbers as [Operand, Operand, Operand, Operand]));
  }
  const { code, value } = made as Operand;
  return { program: [...draft.lines, `print(${code})`].join('\n'), output: `${value}` };
}

/**
 * The operations to draw from.
 * @throws {OptionError} if there are none or one is unknown.
 */
export function expectOperations(where: string, operations?: readonly Operation[]): readonly Operation[] {
  const known = Object.keys(OPERATIONS) as Operation[];
  const given = operations ?? known;
  if (Array.isArray(given) && given.length > 0 && given.every((one) => known.includes(one))) return [...given];
  throw new OptionError(
    `${where}: operations: expected some of ${known.join(', ')}, got ${JSON.stringify(operations)}.`,
  );
}

function sumOf(rng: Rng, a: Operand, b: Operand): Operand {
  if (rng.integer(2) === 0) return { code: `(${a.code}+${b.code})`, value: a.value + b.value };
  return { code: `(${a.code}-${b.code})`, value: a.value - b.value };
}

const small = (rng: Rng, length: number): number => 1 + rng.integer(4 * length);

/** From 1 to 10^length, each equally likely. */
function upToPowerOfTen(rng: Rng, length: number): Operand {
  const digits = Array.from({ length }, () => rng.integer(10)).join('');
  const value = BigInt(digits) + 1n;
  return { code: `${value}`, value };
}
