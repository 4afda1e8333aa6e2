/** A cell of one's own through `unroll`: forward, and backward with the gradient of parameters and inputs. */
import { type BackendName, selectBackend } from '@elman/backend';
import { type Cell, Rng, type Tree, tree } from '@elman/core';
import { kernelReport, useExperimentalSimd, useThreads } from '@elman/kernels';
import { type Scalar, type Tensor, type Tensor3D, tensor, version_core } from '@tensorflow/tfjs-core';
import { builtInCells, ownCells } from '../own-cells/index.ts';
import type { Evaluation, OwnCellSetup } from '../protocol.ts';
import { differentiated, numberOf } from './recurrence.ts';
import { CannotRun, serve } from './serve.ts';
import { sharedValues } from './shared-values.ts';

await serve(async (setup: OwnCellSetup) => {
  if (setup.experimentalSimd) useExperimentalSimd();
  useThreads(setup.threads);
  const { device } = await selectBackend(setup.backend as BackendName).catch((error: Error) => {
    throw new CannotRun(error.message);
  });
  const differentiate = recurrence(setup);
  const step = async (): Promise<number> => {
    const { value, grads } = differentiate();
    tree.dispose(grads);
    return numberOf(value);
  };
  const evaluate = async (): Promise<Evaluation> => {
    const { value, grads } = differentiate();
    const norms = await Promise.all(
      tree.entries(grads).map(async ([path, leaf]) => [path, await normOf(leaf)] as const),
    );
    tree.dispose(grads);
    return { loss: await numberOf(value), norms: Object.fromEntries(norms) };
  };
  const versions = { 'tfjs-core': version_core, Node: process.version, device, kernels: kernelReport().sequences };
  return { versions, step, evaluate };
});

/** The cell on numbers that all contenders share. */
function recurrence({ workload, builtIn }: OwnCellSetup): () => { readonly value: Scalar; readonly grads: Tree } {
  const { hiddenSize, batch, time } = workload;
  const cells: { readonly [name: string]: (size: number) => Cell<Tree, Tree> } = builtIn ? builtInCells : ownCells;
  const make = cells[workload.cell];
  if (make === undefined) throw new CannotRun('not built in');
  const cell = make(hiddenSize);
  const shared = (shape: number[], path: string, scale: number): Tensor =>
    tensor(sharedValues(path, shape.reduce((a, b) => a * b), scale), shape); // biome-ignore format: one line
  const made = cell.init(Rng.seeded(1));
  const params = {
    cell: tree.map(made, ({ shape }, path) => shared(shape, `cell.${path}`, 1 / Math.sqrt(hiddenSize))),
    inputs: shared([batch, time, cell.inputSize], 'inputs', Math.sqrt(3)) as Tensor3D,
  };
  tree.dispose(made);
  return () => differentiated(cell, params);
}

async function normOf(x: Tensor): Promise<number> {
  let squares = 0;
  for (const value of await x.data()) squares += value * value;
  return Math.sqrt(squares);
}
