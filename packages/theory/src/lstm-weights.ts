import type { LstmParams } from '@elman/cells';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';

/** The pre-activation of a gate: a weight for each input, for each unit's previous output, and a bias. Default: 0. */
interface Gate {
  readonly inputs?: readonly number[];
  readonly outputs?: readonly number[];
  readonly bias?: number;
}

/** A unit with open gates f and o. */
interface Unit {
  readonly i: Gate;
  readonly g: Gate;
}

/** σ and tanh of it are exactly 1 in float32. */
export const SATURATED = 30;

/** Half-way between tanh 0 and tanh 1, the outputs for a count of 0 and of 1. */
export const HALF_OF_ONE = 0.38;

/** The parameters of an LSTM from its units, gates in the order i, f, g, o. */
export function lstmWeights(units: readonly Unit[], inputSize: number): LstmParams {
  const open: Gate = { bias: SATURATED };
  const columns = [
    units.map(({ i }) => i),
    units.map(() => open),
    units.map(({ g }) => g),
    units.map(() => open),
  ].flat();
  const rows = (count: number, weightsOf: (gate: Gate) => readonly number[] = () => []): number[][] =>
    Array.from({ length: count }, (_, row) => columns.map((gate) => weightsOf(gate)[row] ?? 0));
  return {
    kernel: tensor2d(rows(inputSize, ({ inputs = [] }) => inputs)),
    recurrentKernel: tensor2d(rows(units.length, ({ outputs = [] }) => outputs)),
    bias: tensor1d(columns.map(({ bias = 0 }) => bias)),
  };
}
