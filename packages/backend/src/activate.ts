import {
  engine,
  findBackendFactory,
  matMul,
  registerBackend,
  removeBackend,
  setBackend,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { completeGradients, completeKernels } from './complete/index.ts';
import { removeListenersOf, startWithoutListeners } from './listeners.ts';
import { oneLine } from './start/start.ts';

/** Makes a loaded backend the active one and has it multiply two numbers. Throws an error whose message is the reason. */
export async function activate(tfjsName: string): Promise<void> {
  await import('./gradients.ts');
  completeKernels(tfjsName);
  completeGradients();
  const failure = rememberFailure(tfjsName);
  if (!(await setBackend(tfjsName))) throw new Error(oneLine(failure() ?? 'it does not start'));
  const product = tidy(() => matMul(tensor2d([[3]]), tensor2d([[5]])));
  const [value] = await product.data();
  product.dispose();
  if (value !== 15) throw new Error(`it multiplies 3 and 5 to ${value}`);
}

/** tfjs logs why a backend does not start and forgets it: this keeps it. */
function rememberFailure(tfjsName: string): () => unknown {
  let failure: unknown;
  const started = engine().registry[tfjsName];
  if (started !== undefined && tfjsName === 'wasm') removeListenersOf(started);
  const factory = findBackendFactory(tfjsName);
  if (factory === null || factory === undefined || started !== undefined) return () => failure;
  removeBackend(tfjsName);
  registerBackend(tfjsName, async () => {
    try {
      return await (tfjsName === 'wasm' ? startWithoutListeners(factory) : factory());
    } catch (error) {
      failure = error;
      throw error;
    }
  });
  return () => failure;
}
