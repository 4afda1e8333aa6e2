import { type Cell, type Frame, Rng, type Sequence, type Steps, type Tree, tree } from '@elman/core';
import { cast, expandDims, mul, notEqual, stack, type Tensor2D, tensor2d, unstack } from '@tensorflow/tfjs-core';

/** Options of `describeCell`. */
export interface CellOptions<C> {
  /** For cells with a context: one for a batch of this size; axis 0 of its leaves is the batch. */
  readonly context?: ((batchSize: number, rng: Rng) => C) | undefined;
  /** Parameters, by path, that only the computation of the context uses, so that a step has no gradient for them. */
  readonly ofContext?: ((path: string) => boolean) | undefined;
  /** Imports the package that a recipe names: `() => import('../src/index.ts')`. Without it recipes are not called. */
  readonly importPackage?: ((name: string) => Promise<{ readonly [name: string]: unknown }>) | undefined;
  /** For a cell whose step is known not to be compiled: the reason. Without it such a cell does not pass. */
  readonly notCompiled?: string | undefined;
  /** For a cell whose rows are known to influence each other: the reason. Without it such a cell does not pass. */
  readonly rowsInteract?: string | undefined;
  /** Relative and absolute closeness of what must be equal. Default 1e-5, and 1e-4 on webgl and webgpu. */
  readonly tolerance?: number | undefined;
  /** Closeness of gradients to finite differences. Default 2e-3. */
  readonly gradientTolerance?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

/** Any cell, without its type parameters. */
export type AnyCell = Cell<Tree, Tree, unknown>;

/** A cell with parameters, a state after several steps, and inputs. */
export interface CellSubject {
  readonly cell: AnyCell;
  readonly options: CellOptions<unknown>;
  readonly make: () => AnyCell;
  readonly rng: Rng;
  readonly params: Tree;
  /** Not the initial state, which is often all zeros and hides mistakes. */
  readonly state: Tree;
  readonly context: Tree | undefined;
  /** [BATCH, TIME, inputSize] */
  readonly inputs: Sequence;
  /** The first frame of the inputs. */
  readonly input: Frame;
  /** Rows of 3, 1 and 0 real frames, and one with a gap. */
  readonly mask: Tensor2D;
}

/** A check of a cell. */
export interface CellCheck {
  /** A sentence that is true of a correct cell, or one that is made for this cell. */
  readonly title: string | ((cell: AnyCell, options: CellOptions<unknown>) => string);
  /** Whether it applies to this cell; by default to all. */
  applies?(cell: AnyCell, options: CellOptions<unknown>): boolean;
  /** Throws if it fails. */
  run(subject: CellSubject): Promise<void>;
}

export const BATCH = 4;
export const TIME = 3;

/** A fresh subject: the same one for the same cell and seed. */
export function makeSubject(make: () => AnyCell, options: CellOptions<unknown>): CellSubject {
  const cell = make();
  const rng = Rng.seeded(options.seed ?? 0);
  const params = cell.init(rng.fork('params'));
  const context = options.context?.(BATCH, rng.fork('context')) as Tree | undefined;
  const draw = (label: string): Sequence =>
    rng.fork(label).tensor([BATCH, TIME, cell.inputSize], (r) => r.normal()) as Sequence;
  const inputs = draw('inputs');
  const input = unstack(inputs, 1)[0] as Frame;
  const earlier = unstack(draw('earlier'), 1)[0] as Frame;
  const { state } = cell.step(params, cell.initialState(BATCH, context), earlier, context);
  const mask = tensor2d([1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 0, 1], [BATCH, TIME]);
  return { cell, options, make, rng, params, state, context, inputs, input, mask };
}

/** Options of the loop over frames. */
export interface Going {
  readonly mask?: Tensor2D | undefined;
  readonly reverse?: boolean | undefined;
  readonly rng?: Rng | undefined;
}

/** The reference for whole sequences: the cell's `step`, frame by frame. */
export function stepThrough(
  { cell, context }: Pick<CellSubject, 'cell' | 'context'>,
  params: Tree,
  start: Tree,
  inputs: Sequence,
  { mask, reverse = false, rng }: Going = {},
): Steps<Tree> {
  const frames = unstack(inputs, 1) as Frame[];
  const masks = mask === undefined ? undefined : (unstack(expandDims(mask, 2), 1) as Tensor2D[]);
  const outputs: Frame[] = new Array(frames.length);
  let state = start;
  for (let i = 0; i < frames.length; i++) {
    const t = reverse ? frames.length - 1 - i : i;
    const next = cell.step(params, state, frames[t] as Frame, context, rng?.frame(t));
    const real = masks?.[t];
    outputs[t] = real === undefined ? next.output : mul(next.output, cast(notEqual(real, 0), 'float32'));
    state = real === undefined ? next.state : tree.where(real, next.state, state);
  }
  return { outputs: stack(outputs, 1) as Sequence, state };
}
