/**
 * Complete updates of a Neural Turing machine that copies (forward, backward, clipping, Adam), in milliseconds by the clock and of the
 * processor (more reliable under load), alternating with PyTorch:
 *
 *   ELMAN_THREADS=1 node --conditions=source bench/ntm-step.ts [python3] [rounds]
 *
 * With KERNELS=1 it counts the kernels of one update instead.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { selectBackend } from '@elman/backend';
import { lstm } from '@elman/cells';
import { Rng, type Tree, tree, valueAndGrad } from '@elman/core';
import { binaryCrossEntropy, dense } from '@elman/nn';
import { adam, applyUpdates, chain, clipByGlobalNorm } from '@elman/optim';
import { memoryCell, unroll } from '@elman/rnn';
import { engine, type Scalar, type Tensor3D } from '@tensorflow/tfjs-core';
import { ntmMemory } from '../src/index.ts';

const SIZES = { time: 40, batch: 16, bits: 8, hidden: 100, slots: 128, width: 20 };
const UPDATES = 10;

/** Builds an update, which returns the loss. */
function updates(): () => Promise<number> {
  const { time, batch, bits, hidden, slots, width } = SIZES;
  const memory = ntmMemory({ slots, width });
  const cell = memoryCell(lstm({ inputSize: bits + 1 + memory.readSize, hiddenSize: hidden }), memory);
  const head = dense({ inputSize: cell.outputSize, outputSize: bits });
  const rng = Rng.seeded(1);
  const draw = (name: string, size: number): Tensor3D =>
    rng.fork(name).tensor([batch, time, size], (r) => r.integer(2)) as Tensor3D;
  const [inputs, targets] = [draw('inputs', bits + 1), draw('targets', bits)];
  const optimizer = chain(clipByGlobalNorm(10), adam({ learningRate: 1e-3 }));
  let params = { cell: cell.init(rng.fork('cell')), head: head.init(rng.fork('head')) };
  let state = optimizer.init(params);
  let step = 0;
  return async () => {
    const { value, grads } = valueAndGrad((given) => {
      const { outputs } = unroll(cell, given.cell, inputs);
      return { loss: binaryCrossEntropy(head.apply(given.head, outputs), targets).loss as Scalar, aux: [] };
    }, params);
    const next = optimizer.update(grads, state, params, step++);
    const updated = applyUpdates(params, next.updates);
    tree.dispose([grads, next.updates, params, state] as Tree);
    [params, state] = [updated, next.state];
    const [loss] = await value.data();
    value.dispose();
    return loss as number;
  };
}

/** Milliseconds of an update: by the clock, and of the processor. */
type Time = readonly [clock: number, processor: number];

class PyTorch {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(python: string) {
    const script = new URL('./ntm_step.py', import.meta.url).pathname;
    this.#process = spawn(python, [script, JSON.stringify(SIZES)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#process.stdout as NonNullable<ChildProcess['stdout']> })[
      Symbol.asyncIterator
    ]();
  }

  async times(): Promise<Time[]> {
    this.#process.stdin?.write(`${UPDATES}\n`);
    return JSON.parse((await this.#lines.next()).value);
  }

  end(): void {
    this.#process.stdin?.end();
  }
}

const { device } = await selectBackend('wasm');
const update = updates();
for (let i = 0; i < 5; i++) await update();

if (process.env.KERNELS) {
  const { kernels } = await engine().profile(update as never);
  const counts = new Map<string, number>();
  for (const { name } of kernels) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const [name, count] of [...counts].sort((a, b) => b[1] - a[1])) console.log(count, name);
  console.log(kernels.length, 'in all,', (kernels.length / SIZES.time).toFixed(1), 'a frame');
} else {
  const [python, rounds = '4'] = process.argv.slice(2);
  const torch = python === undefined ? undefined : new PyTorch(python);
  const times: { ours: Time[]; PyTorch: Time[] } = { ours: [], PyTorch: [] };
  for (let round = 0; round < Number(rounds); round++) {
    for (let i = 0; i < UPDATES; i++) {
      const [start, used] = [performance.now(), process.cpuUsage()];
      await update();
      const { user, system } = process.cpuUsage(used);
      times.ours.push([performance.now() - start, (user + system) / 1000]);
    }
    if (torch !== undefined) times.PyTorch.push(...(await torch.times()));
  }
  torch?.end();
  for (const [i, what] of ['clock', 'processor'].entries()) {
    const found = Object.entries(times).flatMap(([name, all]) => {
      const sorted = all.map((time) => time[i] as number).sort((a, b) => a - b);
      const median = sorted[sorted.length >> 1];
      return median === undefined ? [] : [{ name, least: sorted[0] as number, median }];
    });
    for (const { name, least, median } of found) {
      console.log(`${what}: ${name} least ${least.toFixed(1)} ms, median ${median.toFixed(1)} ms`);
    }
    const [ours, other] = found;
    if (ours !== undefined && other !== undefined) {
      const ratios = [other.least / ours.least, other.median / ours.median].map((ratio) => ratio.toFixed(2));
      console.log(`${what}: PyTorch ÷ ours ${ratios.join(' by the least, ')} by the median`);
    }
  }
  console.log(device, 'loss', (await update()).toFixed(4));
}
