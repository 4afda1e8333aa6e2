/**
 * brain.js. It trains on one sequence at a time, with RMSProp and every gradient clipped separately, so it runs the
 * workloads whose batch is 1, with these differences.
 */
import { createRequire } from 'node:module';
import type { Setup } from '../protocol.ts';
import { inTurn, randomTokens } from './batches.ts';
import { CannotRun, serve } from './serve.ts';

/** The parts of its network that are used; its own types lack most of them. */
interface Network {
  readonly model: { readonly output: { readonly weights: Float64Array } };
  maxPredictionLength: number;
  initialize(): void;
  trainPattern(tokens: readonly number[], wantsError: boolean): number;
  run(tokens: readonly number[]): readonly number[];
}

await serve(async ({ workload, batches, learningRate, largestNorm }: Setup) => {
  const { kind, cell, batch, hiddenSize, layers, vocabSize, time } = workload;
  if (batch > 1) throw new CannotRun('batch of 1 only');
  if (cell !== 'lstm') throw new CannotRun(cell === 'gru' ? 'its GRU is another variant' : 'it has no convolution');
  const { recurrent } = await load();
  const net = new recurrent.LSTM({
    hiddenLayers: Array<number>(layers).fill(hiddenSize),
    inputSize: hiddenSize,
    inputRange: vocabSize,
    outputSize: vocabSize,
    learningRate,
    clipval: largestNorm,
    regc: 0,
  });
  net.initialize();
  const versions = { 'brain.js': createRequire(import.meta.url)('brain.js/package.json').version as string };
  // It prepends a start token: one fewer makes `time` frames.
  const sequences = randomTokens({ ...workload, time: time - 1 }, batches).map(({ inputs }) => [...inputs]);
  const next = inTurn(sequences);
  if (kind === 'language') return { versions, step: async () => net.trainPattern(next(), true) };
  net.trainPattern(next(), true);
  // The end of a text must never be the most likely token, or there would be fewer than `time`.
  net.model.output.weights[0] = -1e9;
  net.maxPredictionLength = time + 1;
  return { versions, step: async () => net.run([]).at(-1) ?? Number.NaN };
});

async function load(): Promise<{ readonly recurrent: { readonly LSTM: new (options: object) => Network } }> {
  try {
    const { default: brain } = await import('brain.js');
    return brain as never;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') throw new CannotRun('not installed');
    throw error;
  }
}
