/**
 * Complete updates of a differentiable neural computer (forward, backward, clipping, Adam) by the ops of the backend
 * and by one op per access, in turn: kernels per frame, and milliseconds of processor time, which other load hardly
 * affects.
 *
 *   ELMAN_THREADS=1 node --conditions=source bench/dnc-step.ts [wasm]
 */
import { selectBackend } from '@elman/backend';
import { lstm } from '@elman/cells';
import { type Memory, Rng, type Tree, tree, valueAndGrad } from '@elman/core';
import { binaryCrossEntropy, dense } from '@elman/nn';
import { adam, applyUpdates, chain, clipByGlobalNorm } from '@elman/optim';
import { memoryCell, unroll } from '@elman/rnn';
import { engine, type Scalar, type Tensor3D } from '@tensorflow/tfjs-core';
import { portableAccess } from '../src/dnc-access.ts';
import { type DncMemoryOptions, type DncMemoryState, dncMemory } from '../src/index.ts';

const TIME = 30;
const BITS = 7;
const UPDATES = 6;

/** The same without the fused op. */
function byOps(options: Required<DncMemoryOptions>): Memory<Tree> {
  const { open: _, ...memory } = dncMemory(options);
  return {
    ...memory,
    access: (state, command) => tree.tidy(() => portableAccess(state as DncMemoryState, command, options)),
  } as Memory<Tree>;
}

/** Builds an update. */
function updates(memory: Memory<Tree>, batch: number, hiddenSize: number): () => void {
  const cell = memoryCell(lstm({ inputSize: BITS + memory.readSize, hiddenSize }), memory);
  const head = dense({ inputSize: cell.outputSize, outputSize: BITS });
  const rng = Rng.seeded(1);
  const draw = (name: string): Tensor3D => rng.fork(name).tensor([batch, TIME, BITS], (r) => r.integer(2)) as Tensor3D;
  const [inputs, targets] = [draw('inputs'), draw('targets')];
  const optimizer = chain(clipByGlobalNorm(10), adam({ learningRate: 1e-3 }));
  let params = { cell: cell.init(rng.fork('cell')), head: head.init(rng.fork('head')) };
  let state = optimizer.init(params);
  let step = 0;
  return () => {
    const { value, grads } = valueAndGrad((given) => {
      const { outputs } = unroll(cell, given.cell, inputs);
      return { loss: binaryCrossEntropy(head.apply(given.head, outputs), targets).loss as Scalar, aux: [] };
    }, params);
    const next = optimizer.update(grads, state, params, step++);
    const updated = applyUpdates(params, next.updates);
    tree.dispose([value, grads, next.updates, params, state] as Tree);
    [params, state] = [updated, next.state];
  };
}

const { device } = await selectBackend((process.argv[2] ?? 'wasm') as 'wasm');
console.log(`${device}, ${TIME} frames; milliseconds of the processor, the least of ${UPDATES} updates`);
console.log(
  '| slots × width | reads | links | batch | units | ops: kernels a frame, ms | one op: kernels a frame, ms |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const [slots, reads, links, batch, hiddenSize] of [
  [32, 2, true, 8, 64],
  [32, 2, false, 8, 64],
  [32, 4, true, 16, 64],
  [64, 4, true, 16, 100],
] as const) {
  const sizes = { slots, width: 16, reads, links };
  const cells: string[] = [];
  for (const memory of [byOps(sizes), dncMemory(sizes as DncMemoryOptions) as unknown as Memory<Tree>]) {
    const update = updates(memory, batch, hiddenSize);
    for (let i = 0; i < 3; i++) update();
    const { kernels } = await engine().profile(update as never);
    const times: number[] = [];
    for (let i = 0; i < UPDATES; i++) {
      const before = process.cpuUsage();
      update();
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
    }
    cells.push(`${(kernels.length / TIME).toFixed(0)}, ${Math.min(...times).toFixed(0)}`);
  }
  console.log(
    `| ${slots} × 16 | ${reads} | ${links ? 'yes' : 'no'} | ${batch} | ${hiddenSize} | ${cells.join(' | ')} |`,
  );
}
