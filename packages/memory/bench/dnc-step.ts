/**
 * Complete updates of a differentiable neural computer (forward, backward, clipping, Adam), by its step frame by frame
 * and by the compiled step: kernels, and milliseconds of processor time, which other load hardly affects.
 *
 *   ELMAN_THREADS=1 node --conditions=source bench/dnc-step.ts [wasm]
 */
import { selectBackend } from '@elman/backend';
import { lstm } from '@elman/cells';
import { type Cell, type Memory, Rng, type Sequence, type Tree, tree, valueAndGrad } from '@elman/core';
import { binaryCrossEntropy, dense } from '@elman/nn';
import { adam, applyUpdates, chain, clipByGlobalNorm } from '@elman/optim';
import { memoryCell, scanFrames, unroll } from '@elman/rnn';
import { engine, type Scalar, type Tensor3D } from '@tensorflow/tfjs-core';
import { dncMemory } from '../src/index.ts';

const TIME = 30;
const BITS = 7;
const UPDATES = 6;

/** The outputs of a cell over a sequence. */
type Run = <P extends Tree, S extends Tree>(cell: Cell<P, S>, params: P, inputs: Sequence) => Sequence;

const runs: readonly Run[] = [
  (cell, params, inputs) => {
    const step: Parameters<typeof scanFrames>[0] = (state, x) => cell.step(params, state as never, x);
    return scanFrames(step, cell.initialState(inputs.shape[0]), inputs).outputs;
  },
  (cell, params, inputs) => unroll(cell, params, inputs).outputs,
];

/** Builds an update. */
function updates(memory: Memory<Tree>, batch: number, hiddenSize: number, run: Run): () => void {
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
      const outputs = run(cell, given.cell, inputs);
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
console.log('| slots × width | reads | links | batch | units | by steps: kernels, ms | compiled: kernels, ms |');
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const [slots, reads, links, batch, hiddenSize] of [
  [32, 2, true, 8, 64],
  [32, 2, false, 8, 64],
  [32, 4, true, 16, 64],
  [64, 4, true, 16, 100],
] as const) {
  const sizes = { slots, width: 16, reads, links };
  const cells: string[] = [];
  for (const run of runs) {
    const update = updates(dncMemory(sizes) as unknown as Memory<Tree>, batch, hiddenSize, run);
    for (let i = 0; i < 3; i++) update();
    const { kernels } = await engine().profile(update as never);
    const times: number[] = [];
    for (let i = 0; i < UPDATES; i++) {
      const before = process.cpuUsage();
      update();
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
    }
    cells.push(`${kernels.length}, ${Math.min(...times).toFixed(0)}`);
  }
  console.log(
    `| ${slots} × 16 | ${reads} | ${links ? 'yes' : 'no'} | ${batch} | ${hiddenSize} | ${cells.join(' | ')} |`,
  );
}
