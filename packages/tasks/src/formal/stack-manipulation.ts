import type { Task } from '@elman/core';
import { scoreByPlace } from '../score.ts';
import { formalTask, numerals, randomString } from './formal-task.ts';

/**
 * The contents of a stack after some actions.
 *
 *   inputs   0 1 1 pop push1 push0 _ _ _ _ _ _ _
 *   targets                        0 1 1 0 end
 *
 * First the stack is given from the bottom to the top, then come actions; the answer is the stack from the top to the bottom and
 * an `end`. To pop an empty stack does nothing. `length` is that of both parts; the first has 1 to length − 1 symbols, each number equally
 * likely (a length of 1 is a stack alone), and actions are uniformly random. There are length + 1 frames to answer in,
 * of which those after the `end` do not count.
 *
 * Baseline: symbols are 0 or 1 with equal probability, so that an answer to a stack of depth D has H(D) + E[D]·ln 2
 * nats in E[D] + 1 symbols; at each place the prediction is the likelier of the `end` and of one of two symbols. The
 * distribution of D is that of a walk, a third of whose steps go down, held at 0.
 * @see Delétang et al. 2023, Neural networks and the Chomsky hierarchy (deterministic context-free)
 */
export function stackManipulation(): Task {
  return formalTask({
    name: 'stackManipulation',
    symbols: { inputs: [...numerals(2), 'pop', 'push0', 'push1'], targets: [...numerals(2), 'end'] },
    row(rng, length) {
      const stack = randomString(rng, length === 1 ? 1 : 1 + rng.integer(length - 1), 2);
      const actions = randomString(rng, length - stack.length, 3).map((action) => POP + action);
      const string = [...stack, ...actions];
      for (const action of actions) {
        if (action === POP) stack.pop();
        else stack.push(action - PUSH_0);
      }
      return { string, answer: [...stack.reverse(), END], room: length + 1 };
    },
    baseline: (length) => scoreByPlace(answerChances(depthChances(length))),
  });
}

const [POP, PUSH_0] = [2, 3];
const END = 2;

/** The probability of 0, 1 and the end at each place of an answer. */
function answerChances(depths: readonly number[]): number[][] {
  let deeper = 1;
  return depths.map((end) => {
    deeper = Math.max(0, deeper - end);
    return [deeper / 2, deeper / 2, end];
  });
}

/** The probability of each final depth, computed for all initial depths together. */
function depthChances(length: number): number[] {
  let chances = Array<number>(length + 1).fill(0);
  if (length === 1) return chances.with(1, 1);
  for (let time = 1; time <= length; time++) {
    // What was a stack of less than `time` symbols has had an action.
    const after = chances.map(() => 0);
    for (const [depth, chance] of chances.entries()) {
      (after[Math.max(0, depth - 1)] as number) += chance / 3;
      if (depth < length) (after[depth + 1] as number) += (2 * chance) / 3;
    }
    if (time < length) (after[time] as number) += 1 / (length - 1);
    chances = after;
  }
  return chances;
}
