import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Rng } from '@elman/core';
import { describe, expect, it } from 'vitest';
import { diagonality } from '../src/measure.ts';
import { inWords } from '../src/numbers.ts';
import { findRewriting } from '../src/pairs.ts';
import type { Part } from '../src/rewriting.ts';

function run(script: string, ...args: string[]) {
  const path = fileURLToPath(new URL(`../src/${script}.ts`, import.meta.url));
  return spawnSync(process.execPath, ['--conditions=source', path, '--units', '6', ...args], { encoding: 'utf8' });
}

describe('rewriting', () => {
  it.each(['dates', 'words', 'numbers', 'programs'])(
    'draws %s in their alphabets, none of them in two parts',
    (name) => {
      const { alphabets, parts, draw } = findRewriting(name);
      const rng = Rng.seeded(name);
      const seen = new Map<string, Part>();
      for (const part of ['train', ...parts] as const) {
        for (let i = 0; i < 300; i++) {
          const { source, target } = draw(rng, part);
          expect([...source].every((letter) => alphabets.source.includes(letter)) && source.length > 0).toBe(true);
          expect([...target].every((letter) => alphabets.target.includes(letter)) && target.length > 0).toBe(true);
          expect(seen.get(source) ?? part).toBe(part);
          seen.set(source, part);
        }
      }
    },
  );

  it('writes dates of the right days', () => {
    const rng = Rng.seeded('days');
    const { draw } = findRewriting('dates');
    let read = 0;
    for (let i = 0; i < 500; i++) {
      const { source, target } = draw(rng, 'train');
      // What the engine itself can read: a day in digits, a month's name, a year of four digits.
      if (!/^(\w+,? )?(\d\d? [A-Za-z]{3,}|[A-Za-z]{3,} \d\d?,) \d{4}$/.test(source)) continue;
      expect(new Date(`${source} UTC`).toISOString().slice(0, 10)).toBe(target);
      read++;
    }
    expect(read).toBeGreaterThan(10);
  });

  it('writes numbers in words', () => {
    const found = [0, 13, 20, 99, 100, 342_817, 900_010].map(inWords);
    expect(found).toEqual([
      'zero',
      'thirteen',
      'twenty',
      'ninety-nine',
      'one hundred',
      'three hundred forty-two thousand eight hundred seventeen',
      'nine hundred thousand ten',
    ]);
  });

  it('measures diagonality', () => {
    const alignment = (weights: number[][]) => ({ source: ['a', 'b', 'c'], target: ['x', 'y', 'z'], weights });
    expect(
      diagonality(
        alignment([
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ]),
      ),
    ).toBeCloseTo(1);
    expect(
      diagonality(
        alignment([
          [0, 0, 1],
          [0, 1, 0],
          [1, 0, 0],
        ]),
      ),
    ).toBeCloseTo(-1);
  });

  it('trains, tests new rows and shows the attention weights', () => {
    const folder = mkdtempSync(join(tmpdir(), 'elman-rewriting-'));
    const svg = join(folder, 'alignment.svg');
    const { status, stdout, stderr } = run('main', '--updates', '3', '--rows', '4', '--svg', svg);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.match(/% of 4 rows right \(new/g)).toHaveLength(2);
    expect(stdout).toContain('Attention weights');
    expect(readFileSync(svg, 'utf8')).toContain('<svg');
    rmSync(folder, { recursive: true });
  });

  it('compares five nets', () => {
    const { status, stdout, stderr } = run('compare', '--pairs', 'words', '--updates', '2', '--rows', '3');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.match(/^\| (attention|none), .* \| [\d,]+ \| \d+\.\d % \| \d+\.\d % \|$/gm)).toHaveLength(5);
    expect(run('compare', '--pairs', 'letters').stderr).toContain(
      'expected dates, words, numbers, programs, got letters',
    );
  });
});
