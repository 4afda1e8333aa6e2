import { type Difficulty, OptionError, type Task } from '@elman/core';

/** `count` rows of one difficulty. */
export function alike(batchSize: number, difficulty: Difficulty): Difficulty[] {
  return Array<Difficulty>(batchSize).fill(difficulty);
}

/**
 * Throws unless each number of the difficulty is a whole one between the task's easiest and hardest.
 * @throws {OptionError} `parity: length: expected a whole number from 1, got 0.`
 */
export function expectDifficulty(task: Pick<Task, 'name' | 'easiest' | 'hardest'>, difficulty: Difficulty): void {
  const { name, easiest, hardest } = task;
  for (const [parameter, least] of Object.entries(easiest)) {
    const value = difficulty[parameter];
    const most = hardest?.[parameter];
    if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= (most ?? Infinity)) continue;
    const range = most === undefined ? `from ${least}` : `from ${least} to ${most}`;
    throw new OptionError(`${name}: ${parameter}: expected a whole number ${range}, got ${value}.`);
  }
  for (const parameter of Object.keys(difficulty)) {
    if (parameter in easiest) continue;
    const known = Object.keys(easiest).join(', ');
    throw new OptionError(`${name}: ${parameter}: expected a difficulty of ${known}; leave it out.`);
  }
}
