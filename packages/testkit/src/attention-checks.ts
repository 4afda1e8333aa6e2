import { type Attention, Rng, type Sequence, ShapeError, type Source, type Tree, tree } from '@elman/core';
import {
  add,
  concat,
  expandDims,
  gather,
  mul,
  slice,
  sum,
  type Tensor2D,
  tensor1d,
  tensor2d,
  zeros,
} from '@tensorflow/tfjs-core';
import { ConformanceError } from './errors.ts';
import { checkGradient } from './gradients.ts';
import { countTensors } from './tensors.ts';
import { expectTreesClose } from './trees.ts';

/** Options of the checks of an attention. */
export interface AttentionOptions {
  /** Whether the weights of a row sum to 1; true by default. */
  readonly weightsSumToOne?: boolean | undefined;
  /** Closeness of gradients to finite differences. Default 2e-3. */
  readonly gradientTolerance?: number | undefined;
}

type AnyAttention = Attention<Tree>;

/** A check of an attention. */
export interface AttentionCheck {
  readonly title: string;
  run(attention: AnyAttention, options: AttentionOptions): Promise<void>;
}

/** The checks of attentions. */
export const attentionChecks: readonly AttentionCheck[] = [
  { title: 'context and weights have their shapes, and weights are probabilities', run: formIsRight },
  { title: 'masked frames have no weight and no influence', run: maskHides },
  { title: 'a row without a frame gets zeros', run: emptyRowIsZero },
  { title: 'rows do not influence each other', run: rowsAreIndependent },
  {
    title: 'gradients w.r.t. parameters, query, memory and previous weights agree with finite differences',
    run: gradientsAreRight,
  },
  { title: 'no tensor leaks, and arguments are not disposed of', run: nothingLeaks },
  { title: 'a query of another width throws a ShapeError that names it', run: wrongWidthThrows },
];

const BATCH = 3;
const LENGTH = 5;

function subjectOf(attention: AnyAttention): { params: Tree; query: Tensor2D; memory: Sequence; previous: Tensor2D } {
  const rng = Rng.seeded(4);
  const draw = (label: string, shape: number[]) => rng.fork(label).tensor(shape, (r) => r.normal());
  const previous = rng.fork('previous').tensor([BATCH, LENGTH], (r) => r.uniform(0.05, 0.3)) as Tensor2D;
  return {
    params: attention.init(rng.fork('params')),
    query: draw('query', [BATCH, attention.querySize]) as Tensor2D,
    memory: draw('memory', [BATCH, LENGTH, attention.memorySize]) as Sequence,
    previous,
  };
}

const MASK = [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0];
const mask = (): Tensor2D => tensor2d(MASK, [BATCH, LENGTH]);
const sourceOf = (attention: AnyAttention, params: Tree, memory: Sequence, mask?: Tensor2D): Source => ({
  memory,
  keys: attention.keys(params, memory),
  mask,
});

function fail(attention: AnyAttention, message: string): never {
  throw new ConformanceError(`${attention.name}: ${message}`);
}

async function formIsRight(attention: AnyAttention, { weightsSumToOne = true }: AttentionOptions): Promise<void> {
  const { params, query, memory, previous } = subjectOf(attention);
  for (const given of [undefined, mask()]) {
    const { context, weights } = attention.attend(params, query, sourceOf(attention, params, memory, given), previous);
    const shapes = `${context.shape} ${weights.shape}`;
    const wanted = `${[BATCH, attention.contextSize]} ${[BATCH, LENGTH]}`;
    if (shapes !== wanted) fail(attention, `attend: expected shapes ${wanted}, got ${shapes}.`);
    const values = Array.from(await weights.data());
    for (let row = 0; row < BATCH; row++) {
      const ofRow = values.slice(row * LENGTH, (row + 1) * LENGTH);
      const total = ofRow.reduce((a, b) => a + b, 0);
      if (ofRow.some((w) => !(w >= 0 && w <= 1.00001)) || !(total <= 1.0001)) {
        fail(attention, `weights: expected probabilities, got ${ofRow.join(', ')}.`);
      }
      if (weightsSumToOne && Math.abs(total - 1) > 1e-4) fail(attention, `weights: expected the sum 1, got ${total}.`);
    }
  }
}

async function maskHides(attention: AnyAttention): Promise<void> {
  const { params, query, memory, previous } = subjectOf(attention);
  const hidden = tensor2d(
    MASK.map((real) => (real ? 0 : 1)),
    [BATCH, LENGTH],
  );
  const noise = mul(expandDims(hidden, 2), 37) as Sequence;
  const clean = attention.attend(params, query, sourceOf(attention, params, memory, mask()), previous);
  const noisy = attention.attend(
    params,
    query,
    sourceOf(attention, params, add(memory, noise) as Sequence, mask()),
    previous,
  );
  await expectTreesClose(noisy, clean, { where: `${attention.name}: masked frames` });
  const outside = await sum(mul(clean.weights, hidden)).data();
  if (outside[0] !== 0) fail(attention, `weights: expected 0 for masked frames, got ${outside[0]}.`);
}

async function emptyRowIsZero(attention: AnyAttention): Promise<void> {
  const { params, query, memory, previous } = subjectOf(attention);
  const none = tensor2d([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1], [BATCH, LENGTH]);
  const { weights } = attention.attend(params, query, sourceOf(attention, params, memory, none), previous);
  const found = await slice(weights, [1, 0], [1, LENGTH]).data();
  if (found.some((weight) => weight !== 0)) fail(attention, `weights: expected zeros without a frame, got ${found}.`);
}

async function rowsAreIndependent(attention: AnyAttention): Promise<void> {
  const { params, query, memory, previous } = subjectOf(attention);
  const all = attention.attend(params, query, sourceOf(attention, params, memory, mask()), previous);
  const rows = tensor1d([2, 0, 0], 'int32');
  const pick = <T extends Tree>(of: T): T => tree.gather(of, rows);
  const source = sourceOf(attention, params, gather(memory, rows), pick(mask()));
  const some = attention.attend(params, pick(query), source, pick(previous));
  await expectTreesClose(some, pick(all), { where: `${attention.name}: rows alone` });
}

async function gradientsAreRight(attention: AnyAttention, options: AttentionOptions): Promise<void> {
  const { params, query, memory, previous } = subjectOf(attention);
  const given = mask();
  const through = (at: { params: Tree; query: Tensor2D; memory: Sequence; previous: Tensor2D }): Tree => {
    const source = sourceOf(attention, at.params, at.memory, given);
    return attention.attend(at.params, at.query, source, at.previous);
  };
  const tolerance = options.gradientTolerance ?? 2e-3;
  const at = { params, query, memory, previous };
  await checkGradient(through, at, { tolerance, seed: 1, where: `${attention.name}: gradient` });
}

async function nothingLeaks(attention: AnyAttention): Promise<void> {
  const { params, query, memory, previous } = subjectOf(attention);
  const source = sourceOf(attention, params, memory, mask());
  const keys = countTensors(() => attention.keys(params, memory));
  if (keys !== 1) fail(attention, `keys: expected 1 tensor more, got ${keys}; use tidy.`);
  const attended = countTensors(() => attention.attend(params, query, source, previous));
  if (attended !== 2) fail(attention, `attend: expected 2 tensors more, got ${attended}; use tidy.`);
  const lent = { params, query, memory, previous, keys: source.keys };
  if (tree.leaves(lent).some((leaf) => leaf.isDisposed))
    fail(attention, 'attend: expected arguments to be alive afterwards, one was disposed of.');
}

async function wrongWidthThrows(attention: AnyAttention): Promise<void> {
  const { params, query, memory, previous } = subjectOf(attention);
  const wide = concat([query, query], 1) as Tensor2D;
  const calls = [
    () => attention.attend(params, wide, sourceOf(attention, params, memory), previous),
    () => attention.keys(params, zeros([BATCH, LENGTH, attention.memorySize + 1]) as Sequence),
  ];
  for (const call of calls) {
    let message: string | undefined;
    try {
      call();
    } catch (error) {
      if (!ShapeError.isInstance(error)) throw error;
      message = error.message;
    }
    if (message === undefined) fail(attention, 'expected a ShapeError for a wrong width, got none.');
  }
}
