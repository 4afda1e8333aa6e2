import { generateProgram, partOf } from '@elman/tasks';
import type { Rewriting } from './rewriting.ts';

const DIFFICULTY = { length: 2, nesting: 1 };

/**
 * Learning to execute as a text pair: a program of numbers of two digits and one operation, and its output (Zaremba &
 * Sutskever 2014). The parts are theirs: by a hash of the program.
 */
export const programs: Rewriting = {
  name: 'programs',
  alphabets: { source: ' \n()*+-0123456789:<=>abcdefghijklmnopqrstuvwxyz', target: '-0123456789' },
  parts: ['new'],
  draw(rng, part) {
    for (let i = 0; ; i++) {
      const { program, output } = generateProgram(rng.fork(i), DIFFICULTY);
      if (partOf(program) === (part === 'train' ? 'train' : 'test')) return { source: program, target: output };
    }
  },
};
