import type { Cell, CompiledCell, TokenSession, Tree } from '@elman/core';
import { tree } from '@elman/core';
import { type CompiledDense, compileDense, valuesHere } from '@elman/kernels';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { OutputWeights } from './output-layer.ts';

/** The weights shared by the sessions of one model, prepared for single frames. */
export interface Sessions {
  open(batchSize: number): TokenSession;
  dispose(): void;
}

/** The parts of a token model; tokens index the rows of `projection` if present, else of `table`. */
export interface TokenModelParts<P extends Tree, S extends Tree> {
  readonly cell: Cell<P, S>;
  readonly vocabSize: number;
  readonly params: P;
  readonly projection: Tensor2D | undefined;
  readonly table: Tensor2D | undefined;
  readonly output: OutputWeights;
}

/** A model compiled for sessions; undefined where the active backend has only its ops. */
export function compileSessions<P extends Tree, S extends Tree>(parts: TokenModelParts<P, S>): Sessions | undefined {
  const { cell, params, output } = parts;
  const compiled = cell.compile?.(params);
  const dense = compiled && compileDense(output.kernel, output.bias);
  if (compiled === undefined || dense === undefined) {
    compiled?.dispose();
    return undefined;
  }
  return {
    open: (batchSize) => open(parts, compiled, dense, batchSize),
    dispose() {
      compiled.dispose();
      dense.dispose();
    },
  };
}

function open<P extends Tree, S extends Tree>(
  { cell, vocabSize, projection, table }: TokenModelParts<P, S>,
  compiled: CompiledCell<S>,
  dense: CompiledDense,
  batchSize: number,
): TokenSession {
  const initial = cell.initialState(batchSize);
  const stepper = compiled.start(initial);
  tree.dispose(initial);
  const rows = projection ?? table;
  const size = rows?.shape[1] ?? vocabSize;
  let inputs = new Float32Array(batchSize * size);
  /** The cell's outputs for the tokens. */
  const step = (tokens: readonly number[]): Float32Array => {
    if (inputs.length !== tokens.length * size) inputs = new Float32Array(tokens.length * size);
    if (rows === undefined) {
      inputs.fill(0);
      for (const [i, token] of tokens.entries()) inputs[i * size + token] = 1;
    } else {
      const values = valuesHere(rows);
      for (const [i, token] of tokens.entries()) {
        inputs.set(values.subarray(token * size, (token + 1) * size), i * size);
      }
    }
    return stepper.step(inputs, projection !== undefined);
  };
  return {
    next(tokens, wanted) {
      const outputs = step(tokens);
      return wanted ? dense.apply(outputs) : undefined;
    },
    highest: (tokens, count) => dense.highest(step(tokens), count),
    keep: (kept) => stepper.keep(kept),
    dispose: () => stepper.dispose(),
  };
}
