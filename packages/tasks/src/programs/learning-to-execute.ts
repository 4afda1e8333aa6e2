import { type Difficulty, Rng, type Score, type Task } from '@elman/core';
import { defineTask, solvedAt } from '../define-task.ts';
import { drawOf, expectPart, type Part } from '../parts.ts';
import { scoreByPlace } from '../score.ts';
import { ids } from '../scoring.ts';
import { programAlphabet, questionAndAnswer } from './alphabet.ts';
import { expectOperations, generateProgram, type Operation, programGrades } from './generate.ts';

/** Options of the programs, and from which part they come. */
export type LearningToExecuteOptions = {
  /** The operations of programs (see `generateProgram`), all equally likely; default: all six. */
  readonly operations?: readonly Operation[] | undefined;
  /** Only programs of this part, by their hash modulo 3; default: all. See also `task.part(name)`. */
  readonly part?: Part | undefined;
};

/**
 * What a program prints, character by character.
 *
 *   i=8827
 *   c=(i-5347)
 *   print(((c+8704) if 2641<8500 else 5308))    is read, with the newline after it;
 *   12184.                                      is written, and ends in a dot
 *
 * Rows are the characters of the program and then those of the answer but its last; the targets that count are the answer's
 * (teacher forcing: its character before is an input). `length` is the number of digits of the numbers in the program and
 * `nesting`, 1 to 10, the number of operations: see `generateProgram`. Numbers are exact at any length.
 *
 * Baseline: answers have no closed-form distribution. It predicts from the frequencies of the characters at each
 * place of an answer of this difficulty, estimated on 2,000 programs from a fixed seed.
 * @throws {OptionError} if the operations or the part are unknown.
 * @see Zaremba & Sutskever 2014, Learning to execute; the rule: the accuracy at which their curriculum moved on to harder programs
 */
export function learningToExecute(options: LearningToExecuteOptions = {}): Task {
  const name = 'learningToExecute';
  const { part } = options;
  const operations = expectOperations(name, options.operations);
  expectPart(name, part);
  const { symbols } = programAlphabet;
  const scores = new Map<string, Score>();
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [{ operations, ...(part && { part }) }] },
    inputSize: symbols.length,
    outputSize: symbols.length,
    ...programGrades,
    symbols: { inputs: symbols, targets: symbols },
    isGenerative: true,
    scoring: ids,
    solved: solvedAt(0.95),
    example(rng, difficulty) {
      const draw = () => generateProgram(rng, difficulty, { operations });
      const { program, output } = drawOf(part, draw, (drawn) => drawn.program);
      return questionAndAnswer(programAlphabet, `${program}\n`, `${output}.`);
    },
    baseline(difficulty) {
      const key = `${difficulty.length} ${difficulty.nesting}`;
      const score = scores.get(key) ?? scoreByPlace(countsByPlace(answers(difficulty, operations)));
      scores.set(key, score);
      return score;
    },
    part: (other) => learningToExecute({ operations, part: other }),
  });
}

function answers(difficulty: Difficulty, operations: readonly Operation[]): string[] {
  const rng = Rng.seeded('baseline');
  return Array.from({ length: 2000 }, (_, i) => `${generateProgram(rng.fork(i), difficulty, { operations }).output}.`);
}

/** The frequencies of the characters at each place of some texts. */
function countsByPlace(texts: readonly string[]): number[][] {
  const longest = Math.max(...texts.map((text) => text.length));
  return Array.from({ length: longest }, (_, place) => {
    const seen = new Map<string, number>();
    for (const { [place]: character } of texts) {
      if (character !== undefined) seen.set(character, (seen.get(character) ?? 0) + 1);
    }
    return [...seen.values()];
  });
}
