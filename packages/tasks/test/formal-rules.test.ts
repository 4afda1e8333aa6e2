import { expect, it } from 'vitest';
import {
  bucketSort,
  chomskyTasks,
  cycleNavigation,
  duplicateString,
  modularArithmetic,
  modularArithmeticBrackets,
  oddsFirst,
  reverseString,
  solveEquation,
} from '../src/index.ts';
import { asked } from './asked.ts';

type Rule = (string: readonly string[]) => readonly (string | number)[];

/** Every rule, implemented independently. */
const rules: { readonly [name: string]: Rule } = {
  evenPairs: (bits) => [bits[0] === bits.at(-1) ? 'even' : 'odd'],
  cycleNavigation: (moves) => [modulo(count(moves, '>') - count(moves, '<'), 5)],
  modularArithmetic: (expression) => [modulo(computed(expression), 5)],
  modularArithmeticBrackets: (expression) => [modulo(computed(expression), 5)],
  solveEquation: solutions,
  reverseString: (string) => string.map((_, i) => string[string.length - 1 - i] as string),
  stackManipulation: (string) => [...stackOf(string), 'end'],
  duplicateString: (string) => string.concat(string),
  missingDuplicate(string) {
    const half = Math.floor(string.length / 2);
    const missing = string.indexOf('?');
    return [string[missing < half ? missing + half : missing - half] as string];
  },
  oddsFirst(string) {
    const middle = Math.ceil(string.length / 2);
    return string.map((_, i) => string[i < middle ? 2 * i : 2 * (i - middle) + 1] as string);
  },
  binaryAddition: (string) => operated(string, '+', (a, b) => a + b),
  binaryMultiplication: (string) => operated(string, '*', (a, b) => a * b),
  computeSqrt(bits) {
    const root = Math.floor(Math.sqrt(Number.parseInt(bits.join(''), 2)));
    return [...root.toString(2).padStart(Math.ceil(bits.length / 2), '0')];
  },
  bucketSort: (string) => ['0', '1', '2', '3', '4'].flatMap((symbol) => string.filter((one) => one === symbol)),
};

const count = (symbols: readonly string[], wanted: string): number => symbols.filter((one) => one === wanted).length;

const modulo = (x: number, n: number): number => ((x % n) + n) % n;

/** By JavaScript, exact for short expressions. */
const computed = (expression: readonly string[]): number => Function(`return ${expression.join(' ')}`)();

function solutions(equation: readonly string[]): number[] {
  const [left, right] = [equation.slice(0, -2), Number(equation.at(-1))];
  expect(count(left, 'x')).toBe(1);
  const solves = (x: number): boolean =>
    modulo(computed(left.map((one) => (one === 'x' ? String(x) : one))), 5) === right;
  return [0, 1, 2, 3, 4].filter(solves);
}

/** From the last action to the first: a push stays unless a pop after it takes it. */
function stackOf(string: readonly string[]): string[] {
  const stack: string[] = [];
  let pops = 0;
  for (const symbol of string.toReversed()) {
    if (symbol === 'pop') pops += 1;
    else if (pops > 0) pops -= 1;
    else stack.push(symbol.replace('push', ''));
  }
  return stack;
}

function operated(string: readonly string[], sign: string, operate: (a: number, b: number) => number): string[] {
  const [a, b] = string.join('').split(sign) as [string, string];
  return [...backwards(operate(fromBits(a), fromBits(b)).toString(2)), 'end'];
}

const backwards = (text: string): string => [...text].reverse().join('');
const fromBits = (bits: string): number => Number.parseInt(backwards(bits), 2);

for (const [name, rule] of Object.entries(rules)) {
  it(`${name}: answers are those of the rule, at lengths side by side`, async () => {
    const task = chomskyTasks[name]?.make() as NonNullable<
      ReturnType<NonNullable<(typeof chomskyTasks)[string]>['make']>
    >;
    const shortest = task.easiest.length;
    const difficulties = Array.from({ length: 300 }, (_, i) => ({ length: shortest + (i % 22) }));
    const rows = await asked(task, difficulties);
    for (const [i, { string, answer, room }] of rows.entries()) {
      const { length } = difficulties[i] as { length: number };
      const wanted = rule(string).map(String);
      expect(answer, string.join(' ')).toEqual(wanted);
      expect(string.length).toBe(name === 'modularArithmetic' && length % 2 === 0 ? length - 1 : length);
      expect(room).toBe(roomOf(name, length, wanted.length));
    }
    const seen = new Set(rows.flatMap(({ string }) => string));
    expect([...seen, '_'].sort()).toEqual([...(task.symbols?.inputs ?? [])].sort());
    const answered = new Set(rows.flatMap(({ answer }) => answer));
    expect([...answered].sort()).toEqual([...(task.symbols?.targets ?? [])].sort());
  });
}

/** The number of frames for an answer, which does not reveal its length. */
function roomOf(name: string, length: number, needed: number): number {
  if (name === 'stackManipulation') return length + 1;
  return name.startsWith('binary') ? length : needed;
}

it('is exact on long numbers', async () => {
  const primes = [10007, 65521, 1048573];
  const rest = (bits: readonly string[], prime: number): number =>
    bits.toReversed().reduce((value, bit) => (2 * value + Number(bit)) % prime, 0);
  for (const [name, sign] of [
    ['binaryAddition', '+'],
    ['binaryMultiplication', '*'],
  ] as const) {
    for (const { string, answer } of await asked(chomskyTasks[name]?.make() as never, longRows)) {
      const cut = string.indexOf(sign);
      expect(answer.at(-1)).toBe('end');
      expect(answer.at(-2)).toBe('1');
      for (const prime of primes) {
        const [a, b] = [rest(string.slice(0, cut), prime), rest(string.slice(cut + 1), prime)];
        expect(rest(answer.slice(0, -1), prime)).toBe((sign === '+' ? a + b : a * b) % prime);
      }
    }
  }
  for (const { string, answer } of await asked(chomskyTasks.computeSqrt?.make() as never, longRows)) {
    const [number, root] = [BigInt(`0b${string.join('')}`), BigInt(`0b${answer.join('')}`)];
    expect(root * root <= number && number < (root + 1n) * (root + 1n)).toBe(true);
  }
});

const longRows = Array.from({ length: 20 }, (_, i) => ({ length: 200 + i }));

it('has uniformly random numbers from 1, split anywhere', async () => {
  const rows = await asked(chomskyTasks.binaryAddition?.make() as never, Array(2000).fill({ length: 6 }));
  const often = new Map<string, number>();
  for (const { string } of rows) often.set(string.join(''), (often.get(string.join('')) ?? 0) + 1);
  const cut = (first: number): number => [...often].filter(([text]) => text.indexOf('+') === first).length;
  // (2ᵃ − 1)(2ᵇ − 1) pairs at each cut into a and b bits.
  expect([1, 2, 3, 4].map(cut)).toEqual([15, 21, 21, 15]);
  for (const [text, times] of often) {
    const pairs = text.indexOf('+') % 3 === 1 ? 15 : 21;
    expect(Math.abs(times - 500 / pairs)).toBeLessThan(25);
  }
});

it('takes other numbers of symbols', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({ length: 3 + (i % 9) }));
  for (const { string, answer } of await asked(cycleNavigation({ places: 3 }), rows)) {
    expect(answer).toEqual([String(modulo(count(string, '>') - count(string, '<'), 3))]);
  }
  for (const task of [modularArithmetic({ modulus: 7 }), modularArithmeticBrackets({ modulus: 7 })]) {
    for (const { string, answer } of await asked(task, rows)) {
      expect(answer).toEqual([String(modulo(computed(string), 7))]);
    }
  }
  for (const { string, answer } of await asked(solveEquation({ modulus: 2 }), rows)) {
    const x = string.indexOf('x');
    const solved = string.slice(0, -2).with(x, answer[0] as string);
    expect(modulo(computed(solved), 2)).toBe(Number(string.at(-1)));
  }
  for (const task of [reverseString, duplicateString, oddsFirst, bucketSort].map((make) => make({ vocabSize: 9 }))) {
    const seen = new Set<string>();
    for (const { string, answer } of await asked(task, rows)) {
      for (const symbol of answer) seen.add(symbol);
      const once = task.name === 'duplicateString' ? answer.slice(string.length) : answer;
      expect(once.toSorted()).toEqual(string.toSorted());
    }
    expect(seen.size).toBe(9);
  }
});
