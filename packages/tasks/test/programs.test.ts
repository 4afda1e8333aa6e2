import { DataError, OptionError, Rng } from '@elman/core';
import { expect, it } from 'vitest';
import executed from '../fixtures/programs.json' with { type: 'json' };
import { evaluateProgram, generateProgram, type Operation, scramble } from '../src/index.ts';

it('have the output of Python, by the generator and by the evaluator', () => {
  expect(executed.programs.length).toBeGreaterThan(400);
  for (const { length, nesting, seed, program, output } of executed.programs) {
    expect([program, evaluateProgram(program)]).toEqual([program, output]);
    if (length === undefined || nesting === undefined) continue;
    const again = generateProgram(Rng.seeded(`python ${seed}`), { length, nesting });
    expect(again).toEqual({ program, output });
  }
});

it('are evaluated to what they were generated with', () => {
  const rng = Rng.seeded('property');
  for (let i = 0; i < 2000; i++) {
    const difficulty = { length: 1 + (i % 12), nesting: 1 + (i % 10) };
    const { program, output } = generateProgram(rng.fork(i), difficulty);
    expect([program, evaluateProgram(program)]).toEqual([program, output]);
  }
});

const forms: { readonly [operation in Operation]: RegExp } = {
  number: /^print\(\d+\)$/,
  sum: /^print\(\(\d+[+-]\d+\)\)$/,
  product: /^print\(\(\d+\*\d+\)\)$/,
  assignment: /^([a-j])=\d+\nprint\(\(\1[+-]\d+\)\)$/,
  conditional: /^print\(\(\d+ if \d+[<>]\d+ else \d+\)\)$/,
  loop: /^([a-j])=\d+\nfor x in range\(\d+\):\1[+-]=\d+\nprint\(\1\)$/,
};

it('have the form of their operation, with numbers up to 10^length and small ones up to 4·length', () => {
  for (const [operation, form] of Object.entries(forms) as [Operation, RegExp][]) {
    const rng = Rng.seeded(operation);
    const seen = new Set<string>();
    let [largest, largestSmall] = [0, 0];
    for (let i = 0; i < 1000; i++) {
      const { program } = generateProgram(rng.fork(i), { length: 2, nesting: 1 }, { operations: [operation] });
      expect(program).toMatch(form);
      const numbers = [...program.matchAll(/\d+/g)].map(Number);
      const hasSmall = operation === 'product' || operation === 'loop';
      const small = operation === 'loop' ? (numbers[1] as number) : Math.min(...numbers);
      if (hasSmall) largestSmall = Math.max(largestSmall, small);
      largest = Math.max(largest, ...numbers);
      expect(Math.min(...numbers)).toBeGreaterThan(0);
      seen.add(program);
    }
    expect(largest).toBe(100);
    if (operation === 'product' || operation === 'loop') expect(largestSmall).toBe(8);
    expect(seen.size).toBeGreaterThan(operation === 'number' ? 90 : 500);
  }
});

it('draw operations, signs and sides uniformly, and use every expression', () => {
  const rng = Rng.seeded('often');
  const often = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const { program } = generateProgram(rng.fork(i), { length: 4, nesting: 1 });
    for (const [name, form] of Object.entries(forms)) {
      if (form.test(program)) often.set(name, (often.get(name) ?? 0) + 1);
    }
    const sign = /[+<>-]/.exec(program)?.[0];
    if (sign !== undefined) often.set(sign, (often.get(sign) ?? 0) + 1);
  }
  for (const operation of Object.keys(forms)) expect(often.get(operation)).toBeGreaterThan(900);
  for (const [sign, other] of ['+-', '<>'].map((pair) => [...pair] as [string, string])) {
    expect((often.get(sign) as number) / (often.get(other) as number)).toBeCloseTo(1, 0);
  }
});

it('put the previous expression in the place of any number, and leave out none', () => {
  const rng = Rng.seeded('nested');
  const places: [Operation, RegExp[]][] = [
    ['sum', [/^print\(\(\(/, /[+-]\([^()]*\)\)\)$/]],
    ['conditional', [/^print\(\(\(/, / if \(/, /\d[<>]\(/, / else \(.*\)\)\)$/]],
  ];
  for (const [operation, forms] of places) {
    const counts = forms.map(() => 0);
    for (let i = 0; i < 1000; i++) {
      const { program } = generateProgram(rng.fork(i), { length: 1, nesting: 2 }, { operations: [operation] });
      forms.forEach((form, place) => {
        if (form.test(program)) counts[place] = (counts[place] as number) + 1;
      });
    }
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1000);
    for (const count of counts) expect(Math.abs(count - 1000 / forms.length)).toBeLessThan(60);
  }
  for (let i = 0; i < 500; i++) {
    const { program } = generateProgram(rng.fork(`all ${i}`), { length: 1, nesting: 10 });
    const assigned = program.split('\n').flatMap((line) => (/^[a-j]=/.test(line) ? [line[0] as string] : []));
    expect(new Set(assigned).size).toBe(assigned.length);
    for (const name of assigned) {
      const used = program.match(new RegExp(`\\b${name}\\b(?![+-]?=)`, 'g'));
      expect(used?.length).toBe(1);
    }
    expect(program).not.toMatch(/for .*for /);
  }
});

it('are refused with invalid options', () => {
  const rng = Rng.seeded(1);
  expect(() => generateProgram(rng, { length: 4, nesting: 50 })).toThrow(
    'generateProgram: nesting: expected a whole number from 1 to 10, got 50.',
  );
  expect(() => generateProgram(rng, { length: 0, nesting: 1 })).toThrow(OptionError);
  expect(() => generateProgram(rng, { length: 1 })).toThrow('nesting');
  for (const operations of [[], ['power'], 'sum'] as unknown as Operation[][]) {
    expect(() => generateProgram(rng, { length: 1, nesting: 1 }, { operations })).toThrow(OptionError);
  }
});

it('are not evaluated where they are not valid', () => {
  const wrong: [string, string][] = [
    ['', 'line 1: expected print, got ""'],
    ['a=1', 'line 1: expected print, got "a"'],
    ['a=1\nprint(b)', 'line 2: expected a variable that has a value, got "b"'],
    ['a+=1\nprint(a)', 'line 1: expected a variable that has a value, got "a"'],
    ['print((1+2)', 'line 1: expected ), got ""'],
    ['print(1)2', 'line 1: expected the end of the line, got "2"'],
    ['print(1)\nprint(2)', 'line 1: expected a name, got "print"'],
    ['a*2\nprint(2)', 'line 1: expected =, += or -=, got "*"'],
    ['print(1 if 2 else 3)', 'line 1: expected < or >, got "else"'],
    ['print(1/2)', 'line 1: expected a number, name or sign of the language, got "/2)"'],
    ['print(012)', 'line 1: expected ), got "12"'],
    ['if=1\nprint(1)', 'line 1: expected a name, got "if"'],
    ['for x in range(2):for y in range(2):a=1\nprint(1)', 'line 1: expected a name, got "for"'],
    ['for x in range(9999999):a=1\nprint(1)', 'line 1: expected a loop of at most 1000000 rounds, got "9999999"'],
  ];
  for (const [text, message] of wrong) {
    expect(() => evaluateProgram(text), text).toThrow(DataError);
    expect(() => evaluateProgram(text), text).toThrow(message);
  }
  expect(evaluateProgram('print(1)\n')).toBe('1');
});

it('are scrambled one to one', () => {
  const all = '0123456789-.+*=<>():abcdefghijlnoprstx ';
  const scrambled = scramble(all, 1);
  expect(scrambled).toMatch(/^[A-Ca-z0-9]{39}$/);
  expect(new Set(scrambled).size).toBe(39);
  expect(scramble(`${all}\n${all}`, 1)).toBe(`${scrambled}\n${scrambled}`);
  expect(scramble(all, 2)).not.toBe(scrambled);
  expect(() => scramble('print(Q)', 1)).toThrow(DataError);
});
