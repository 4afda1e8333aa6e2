import { type Cell, OptionError, type TokenSession, type Tree, tree } from '@elman/core';
import {
  type CompiledCell,
  type CompiledDense,
  compileDense,
  compiledCell,
  type InputTable,
  valuesHere,
} from '@elman/kernels';
import { dispose, eye, keep, type Tensor, type Tensor2D, tensor1d } from '@tensorflow/tfjs-core';
import type { OutputProduct } from './output/output-layer.ts';

/** Sessions of one model; their weights are shared. */
export interface Sessions {
  /** Undefined where the active backend has no faster way than ops, or the cell cannot be compiled. */
  open(batchSize: number): TokenSession | undefined;
  /** Dispose of the sessions first. */
  dispose(): void;
}

/** The parts of a token model. */
export interface TokenModelParts<P extends Tree, S extends Tree, C> {
  readonly cell: Cell<P, S, C>;
  readonly vocabSize: number;
  readonly params: P;
  /** The context of so many rows. */
  readonly context: C;
  readonly rows: number;
  /** The state of `batchSize` rows before the first token. */
  initialState(batchSize: number): S;
  /** The inputs of the cell, [vocabSize, inputSize]; without it tokens are one-hot. */
  readonly table: Tensor2D | undefined;
  /** What makes logits of the outputs; of its tensors those in `made` are disposed of with the sessions. */
  output(): OutputProduct;
}

/** Vocabularies up to this size are run through what depends on the token alone once; of larger ones, each token when it comes. */
const TABULATED = 1024;

/** Weights prepared for single frames. */
type Prepared<S extends Tree> = {
  readonly cell: CompiledCell<S>;
  readonly dense: CompiledDense;
  readonly tokens: InputTable | undefined;
  readonly made: readonly Tensor[];
  readonly finish: OutputProduct['finish'];
};

/** Sessions of a model, which is compiled when the first is opened: few who bind a model open any. */
export function sessionsOf<P extends Tree, S extends Tree, C>(parts: TokenModelParts<P, S, C>): Sessions {
  let prepared: Prepared<S> | undefined;
  let isPrepared = false;
  return {
    open(batchSize) {
      if (!isPrepared) prepared = prepare(parts);
      isPrepared = true;
      return prepared && open(parts, prepared, batchSize);
    },
    dispose() {
      prepared?.tokens?.dispose();
      prepared?.cell.dispose();
      prepared?.dense.dispose();
      dispose([...(prepared?.made ?? [])]);
      prepared = undefined;
      isPrepared = false;
    },
  };
}

function prepare<P extends Tree, S extends Tree, C>(parts: TokenModelParts<P, S, C>): Prepared<S> | undefined {
  const { params, vocabSize, table } = parts;
  const cell = compiledCell(parts.cell, params, parts);
  if (cell === undefined) return undefined;
  const { weights, made, finish } = parts.output();
  const dense = compileDense(weights.kernel, weights.bias);
  if (dense === undefined) {
    cell.dispose();
    dispose([...made]);
    return undefined;
  }
  for (const tensor of made) keep(tensor);
  let tokens: InputTable | undefined;
  if (vocabSize <= TABULATED) {
    const inputs = table ?? eye(vocabSize);
    tokens = cell.tabulate(inputs);
    if (inputs !== table) inputs.dispose();
  }
  return { cell, dense, tokens, made, finish };
}

function open<P extends Tree, S extends Tree, C>(
  { vocabSize, table, initialState }: TokenModelParts<P, S, C>,
  { cell, dense, tokens, finish }: Prepared<S>,
  batchSize: number,
): TokenSession {
  const initial = initialState(batchSize);
  const stepper = cell.start(initial, batchSize);
  tree.dispose(initial);
  const size = table?.shape[1] ?? vocabSize;
  let inputs = new Float32Array(0);
  /** The cell's outputs for the tokens. */
  const step = (given: readonly number[]): Float32Array => {
    if (tokens !== undefined) return stepper.stepRows(tokens, given);
    if (inputs.length !== given.length * size) inputs = new Float32Array(given.length * size);
    if (table === undefined) {
      inputs.fill(0);
      for (const [i, token] of given.entries()) inputs[i * size + token] = 1;
    } else {
      const values = valuesHere(table);
      for (const [i, token] of given.entries()) {
        inputs.set(values.subarray(token * size, (token + 1) * size), i * size);
      }
    }
    return stepper.step(inputs);
  };
  return {
    next(given, wanted) {
      const outputs = step(given);
      if (!wanted) return undefined;
      const product = dense.apply(outputs);
      return finish === undefined ? product : finish(product);
    },
    ...(finish === undefined && { highest: (given, count) => dense.highest(step(given), count) }),
    keep: (kept) => stepper.keep(kept),
    dispose: () => stepper.dispose(),
  };
}

/** A state of n rows as one of m·n: row i is row ⌊i / m⌋ of it. @throws {OptionError} if batchSize is not a multiple of n. */
export function repeatRows<S extends Tree>(where: string, state: S, rows: number, batchSize: number): S {
  const times = batchSize / rows;
  if (!Number.isInteger(times)) {
    throw new OptionError(`${where}: open: expected a multiple of ${rows} rows, one source each, got ${batchSize}.`);
  }
  const indices = Array.from({ length: batchSize }, (_, row) => Math.floor(row / times));
  return tree.tidy(() => tree.gather(state, tensor1d(indices, 'int32')));
}
