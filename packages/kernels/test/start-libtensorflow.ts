import { createRequire } from 'node:module';
import { join } from 'node:path';
import { engine, setBackend } from '@tensorflow/tfjs-core';

/** A folder whose node_modules contain @tensorflow/tfjs-node: README of this package. */
export const tfjsNode: string | undefined = process.env.ELMAN_TFJS_NODE;

/** Not a dependency: its install script needs a network. */
const PACKAGE = '@tensorflow/tfjs-node';

/** The part used here of tfjs-node's native binding. */
type Binding = { getNumOfTensors(): number };

/** Makes libtensorflow the active backend. */
export async function startLibtensorflow(folder: string): Promise<Binding> {
  const require = createRequire(join(folder, 'package.json'));
  // Called by tfjs-node 4.22 and removed in Node 23.
  const util = require('node:util');
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  require(PACKAGE);
  await setBackend('tensorflow');
  return (engine().backend as unknown as { readonly binding: Binding }).binding;
}
