/** A cell of `@elman/cells` in training: forward, and backward with the gradient of parameters and inputs. */
import { type BackendName, selectBackend } from '@elman/backend';
import { Rng, tree } from '@elman/core';
import { kernelReport, useExperimentalSimd, useThreads } from '@elman/kernels';
import { type Tensor3D, version_core } from '@tensorflow/tfjs-core';
import { namedCell } from '../named-cell.ts';
import type { CellSetup } from '../protocol.ts';
import { differentiated, numberOf } from './recurrence.ts';
import { CannotRun, serve } from './serve.ts';

await serve(async ({ cell: name, sizes, backend, threads, experimentalSimd }: CellSetup) => {
  if (experimentalSimd) useExperimentalSimd();
  useThreads(threads);
  const { device } = await selectBackend(backend as BackendName).catch((error: Error) => {
    throw new CannotRun(error.message);
  });
  const rng = Rng.seeded(1);
  const cell = namedCell(name, sizes);
  const shape = [sizes.batch, sizes.time, cell.inputSize];
  const given = {
    cell: cell.init(rng.fork('params')),
    inputs: rng.fork('inputs').tensor(shape, (r) => r.normal()) as Tensor3D,
  };
  let count = 0;
  const step = async (): Promise<number> => {
    const { value, grads } = differentiated(cell, given, rng.fork('noise').fork(count++));
    tree.dispose(grads);
    return numberOf(value);
  };
  const versions = { 'tfjs-core': version_core, Node: process.version, device, kernels: kernelReport().sequences };
  return { versions, step };
});
