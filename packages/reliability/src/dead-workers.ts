/**
 * Trains on four threads while worker threads end, and compares with a run on one thread.
 *
 *   pnpm --filter @elman/reliability dead-workers [workers] [seed]      (default: 100 workers, seed 1)
 *
 * Each worker ends at a random call of a kernel, before it, within it or after it; and now and then one is terminated
 * from outside. Checked: the losses of all updates and the last parameters are those of the other run, bit for bit.
 * Exit code 1 if not.
 */
import workerThreads from 'node:worker_threads';
import { selectBackend } from '@elman/backend';
import { lstm } from '@elman/cells';
import { Rng, tree } from '@elman/core';
import { tokenStream } from '@elman/data';
import { kernelReport, useThreads } from '@elman/kernels';
import { languageModel } from '@elman/models';
import { adam, chain, clipByGlobalNorm } from '@elman/optim';
import { disposeTraining, train } from '@elman/train';

const wanted = Number(process.argv[2] ?? 100);
const seed = Number(process.argv[3] ?? 1);
const rng = Rng.seeded(seed);
const { Worker } = workerThreads;
const living = new Set<workerThreads.Worker>();
const ends = { before: 0, within: 0, after: 0, outside: 0 };
type Moment = keyof typeof ends;
const MOMENTS: readonly Moment[] = ['before', 'within', 'after'];

/** Runs in a worker, as text: ends it at a call of a kernel. */
function endAt(call: number, moment: Moment): void {
  const { Instance } = WebAssembly;
  let calls = 0;
  const ending = (real: (...args: number[]) => void) => {
    return (...args: number[]): void => {
      const isLast = calls++ === call;
      if (!isLast || moment === 'after') real(...args);
      if (!isLast) return;
      // Half the rows of a part.
      const [part, from, to, ...rest] = args as [number, number, number, ...number[]];
      if (moment === 'within') real(part, from, from + 8 * Math.floor((to - from) / 16), ...rest);
      process.exit();
    };
  };
  class Ending {
    readonly exports: { [name: string]: unknown } = {};
    constructor(module: WebAssembly.Module, imports: WebAssembly.Imports) {
      for (const [name, real] of Object.entries(new Instance(module, imports).exports)) {
        const isKernel = typeof real === 'function' && name !== 'placeConstants';
        this.exports[name] = isKernel ? ending(real as (...args: number[]) => void) : real;
      }
    }
  }
  (WebAssembly as { Instance: unknown }).Instance = Ending;
}

workerThreads.Worker = class extends Worker {
  constructor(source: string, options: object) {
    const moment = MOMENTS[rng.integer(MOMENTS.length)] as Moment;
    const call = rng.integer(60);
    super(`(${endAt})(${call}, '${moment}'); ${source}`, options);
    living.add(this);
    this.on('exit', (code) => {
      living.delete(this);
      if (code === 0) ends[moment]++;
      else ends.outside++;
    });
  }
} as typeof Worker;

const vocabSize = 32;
const ofText = rng.fork('text');
const text = Int32Array.from({ length: 20_000 }, () => ofText.integer(vocabSize));
const digits = (value: number): string => value.toFixed(6);

/** Trains until `isDone`; returns the losses, and the bits of the last parameters. */
async function run(isDone: (losses: readonly number[]) => boolean): Promise<{ losses: number[]; bits: string }> {
  const losses: number[] = [];
  const stop = new AbortController();
  const { state } = await train({
    model: languageModel(lstm({ inputSize: 32, hiddenSize: 64 }), { vocabSize }),
    batches: tokenStream(text, { batchSize: 32, windowLength: 32 }),
    optimizer: chain(clipByGlobalNorm(5), adam({ learningRate: 0.002 })),
    updates: 100_000,
    seed,
    signal: stop.signal,
    async onUpdate({ loss }) {
      losses.push(loss);
      if (isDone(losses)) stop.abort();
      // Lets new workers start and tells of those that have ended.
      if (losses.length % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      if (losses.length % 16 === 0) [...living][0]?.terminate();
    },
  });
  const params = await Promise.all(tree.entries(state.params).map(([, tensor]) => tensor.data()));
  disposeTraining(state);
  const bytes = params.map((values) => Buffer.from(Float32Array.from(values).buffer));
  return { losses, bits: Buffer.concat(bytes).toString('base64') };
}

await selectBackend('cpu');
useThreads(4);
const start = performance.now();
const killed = await run(() => kernelReport().lostThreads >= wanted);
const seconds = (performance.now() - start) / 1000;
const { lostThreads } = kernelReport();
useThreads(1);
const { length } = killed.losses;
const undisturbed = await run((losses) => losses.length >= length);
const different = killed.losses.filter((loss, i) => !Object.is(loss, undisturbed.losses[i])).length;
const isSame = different === 0 && undisturbed.losses.length === length && killed.bits === undisturbed.bits;
console.log(`Node ${process.versions.node}, ${kernelReport().sequences}, seed ${seed}
${lostThreads} worker threads ended in ${length} updates (${seconds.toFixed(0)} s), as far as their end has been told: ${Object.entries(
  ends,
)
  .map(([moment, count]) => `${count} ${moment === 'outside' ? 'from outside' : `${moment} a call`}`)
  .join(', ')}
loss ${digits(killed.losses[0] as number)} → ${digits(killed.losses.at(-1) as number)}; ${different} of ${length} losses differ from those of one thread
last parameters: ${killed.bits === undisturbed.bits ? 'the same bits' : 'different'}`);
process.exitCode = isSame ? 0 : 1;
