import { type Batch, type Difficulty, OptionError, Rng, type Sequence, type Task } from '@elman/core';
import {
  add,
  cast,
  expandDims,
  mul,
  neg,
  oneHot,
  type Scalar,
  sub,
  type Tensor,
  type Tensor2D,
  zeros,
} from '@tensorflow/tfjs-core';
import { ConformanceError } from './errors.ts';
import { frequencies } from './task-frequencies.ts';
import { countTensors } from './tensors.ts';
import { expectTreesClose } from './trees.ts';

/** Options of the checks of a task. */
export interface TaskOptions {
  /** The difficulty of the checks; keep it small. Default: the easiest. */
  readonly difficulty?: Difficulty | undefined;
  /**
   * Tolerance of the baseline against the frequencies of targets at each frame over 1,000 rows, in nats (or squared error);
   * default 0.05. `false` if the baseline is another, checked in the task's own test.
   */
  readonly baseline?: number | false | undefined;
  /** `false` if all rows of a difficulty are equal. */
  readonly random?: boolean | undefined;
}

/** A check of a task, and the tasks to which it applies. */
export interface TaskCheck {
  readonly title: string;
  applies?(task: Task, options: TaskOptions): boolean;
  run(task: Task, options: TaskOptions): Promise<void>;
}

/** The checks of tasks. */
export const taskChecks: readonly TaskCheck[] = [
  { title: 'a batch has the shapes, dtypes and ranges of its sizes', run: formIsRight },
  { title: 'the same seed gives the same rows, another seed others', run: seedDecides },
  { title: 'a row depends on the seed, its index and its difficulty alone', run: rowsAreIndependent },
  { title: 'outputs equal to the targets have accuracy 1 and loss 0', run: perfectionIsPerfect },
  { title: 'outputs at masked targets have no influence', run: maskHides },
  {
    title: 'the baseline agrees with the frequencies of targets',
    applies: (_, { baseline }) => baseline !== false,
    run: baselineIsTrue,
  },
  { title: 'a difficulty below the easiest throws an error that names the task', run: tooEasyThrows },
  { title: 'no tensor leaks', run: nothingLeaks },
  {
    title: 'its parts share no row',
    applies: ({ part }) => part !== undefined,
    run: partsAreApart,
  },
];

const ROWS = 4;

function sampleOf(task: Task, { difficulty = task.easiest }: TaskOptions, seed: number | string, rows = ROWS): Batch {
  return task.sample(Rng.seeded(seed), Array<Difficulty>(rows).fill(difficulty));
}

function fail(task: Task, message: string): never {
  throw new ConformanceError(`${task.name}: ${message}`);
}

async function formIsRight(task: Task, options: TaskOptions): Promise<void> {
  const { inputs, targets, mask, inputMask } = sampleOf(task, options, 1);
  const [rows, time] = inputs.shape as [number, number];
  if (rows !== ROWS) fail(task, `inputs: expected ${ROWS} rows, got ${rows}.`);
  const form = ({ dtype, shape }: Tensor): string => `${dtype} [${shape.join(', ')}]`;
  const expectForm = (name: string, tensor: Tensor, ...allowed: readonly string[]): void => {
    if (!allowed.includes(form(tensor))) fail(task, `${name}: expected ${allowed.join(' or ')}, got ${form(tensor)}.`);
  };
  const frame = `[${rows}, ${time}]`;
  expectForm('inputs', inputs, `int32 ${frame}`, `float32 [${rows}, ${time}, ${task.inputSize}]`);
  const wide = `float32 [${rows}, ${time}, ${task.outputSize}]`;
  expectForm('targets', targets, task.targets === 'ids' ? `int32 ${frame}` : wide);
  for (const [name, tensor] of Object.entries({ mask, inputMask })) {
    if (tensor === undefined) continue;
    expectForm(name, tensor, `float32 ${frame}`);
    await expectRange(task, name, tensor, [0, 1]);
  }
  if (inputs.dtype === 'int32') await expectRange(task, 'inputs', inputs, range(task.inputSize));
  if (task.targets === 'ids') await expectRange(task, 'targets', targets, range(task.outputSize));
  if (task.targets === 'bits') await expectRange(task, 'targets', targets, [0, 1]);
  if (mask !== undefined && (await mask.data()).every((value) => value === 0))
    fail(task, 'mask: expected an unmasked target, got none.');
  if (task.symbols !== undefined) {
    const { inputs: ins, targets: outs } = task.symbols;
    if (ins.length !== task.inputSize) fail(task, `symbols: expected ${task.inputSize} for inputs, got ${ins.length}.`);
    if (outs.length !== task.outputSize) {
      fail(task, `symbols: expected ${task.outputSize} for targets, got ${outs.length}.`);
    }
  }
}

const range = (size: number): number[] => Array.from({ length: size }, (_, i) => i);

async function expectRange(task: Task, name: string, tensor: Tensor, allowed: readonly number[]): Promise<void> {
  const set = new Set(allowed);
  for (const value of await tensor.data()) {
    if (!set.has(value)) fail(task, `${name}: expected ${allowed[0]} to ${allowed.at(-1)}, got ${value}.`);
  }
}

/** A batch as a tree, without absent parts. */
function leavesOf(batch: Batch): { [name: string]: Tensor } {
  return Object.fromEntries(Object.entries(batch).filter(([, tensor]) => tensor !== undefined)) as {
    [name: string]: Tensor;
  };
}

async function seedDecides(task: Task, options: TaskOptions): Promise<void> {
  const [batch, again] = [1, 1].map((seed) => leavesOf(sampleOf(task, options, seed))) as [
    { [name: string]: Tensor },
    { [name: string]: Tensor },
  ];
  await expectTreesClose(again, batch, { relative: 0, absolute: 0, where: `${task.name}: the same seed` });
  if (options.random === false) return;
  const first = await valuesOf(batch);
  for (let seed = 2; seed < 30; seed++) {
    if ((await valuesOf(leavesOf(sampleOf(task, options, seed)))) !== first) return;
  }
  fail(task, 'sample: expected other rows from other seeds, got the same from 30 of them.');
}

async function valuesOf(batch: { [name: string]: Tensor }): Promise<string> {
  const all = await Promise.all(Object.values(batch).map((tensor) => tensor.data()));
  return all.map((values) => values.join()).join('|');
}

async function rowsAreIndependent(task: Task, options: TaskOptions): Promise<void> {
  const { difficulty = task.easiest } = options;
  const rows = [difficulty, difficulty, difficulty];
  const row = async (batch: Batch, index: number): Promise<string> => {
    const parts = await Promise.all(
      Object.values(leavesOf(batch)).map(async (tensor) => {
        const each = tensor.size / (tensor.shape[0] as number);
        return (await tensor.data())
          .slice(index * each, (index + 1) * each)
          .join()
          .replace(/(,0)+$/, '');
      }),
    );
    return `${parts[0]} ${parts[1]}`;
  };
  const three = task.sample(Rng.seeded(5), rows);
  const two = task.sample(Rng.seeded(5), rows.slice(0, 2));
  const [a, b] = [await row(three, 1), await row(two, 1)];
  if (a !== b) fail(task, `sample: row 1: expected the same with 2 rows and with 3, got ${b} and ${a}.`);
}

/** Outputs equal to the targets, with confident logits. */
function perfect(task: Task, { targets }: Batch): Sequence {
  if (task.targets === 'ids') return mul(oneHot(targets, task.outputSize, 1, 0, 'float32'), 40) as Sequence;
  return (task.targets === 'bits' ? mul(sub(targets, 0.5), 80) : cast(targets, 'float32')) as Sequence;
}

async function perfectionIsPerfect(task: Task, options: TaskOptions): Promise<void> {
  const batch = sampleOf(task, options, 1);
  const outputs = perfect(task, batch);
  const [loss, accuracy] = await Promise.all([
    number(task.loss(outputs, batch)),
    number(task.accuracy(outputs, batch)),
  ]);
  if (!(Math.abs(loss) < 1e-4)) fail(task, `loss: expected 0 for perfect outputs, got ${loss}.`);
  if (!(Math.abs(accuracy - 1) < 1e-6)) fail(task, `accuracy: expected 1 for perfect outputs, got ${accuracy}.`);
  const wrong = await number(task.loss(neg(outputs), batch));
  if (!(wrong > 1e-3)) fail(task, `loss: expected a positive loss for negated outputs, got ${wrong}.`);
}

async function number(scalar: Scalar): Promise<number> {
  return (await scalar.data())[0] as number;
}

async function maskHides(task: Task, options: TaskOptions): Promise<void> {
  const batch = sampleOf(task, options, 1);
  const { mask } = batch;
  if (mask === undefined) return;
  const right = perfect(task, batch);
  const counts = expandDims(mask, 2);
  const noise = Rng.seeded(3).tensor(right.shape, (rng) => rng.uniform(-50, 50));
  const spoilt = add(mul(right, counts), mul(noise, sub(1, counts))) as Sequence;
  for (const measure of ['loss', 'accuracy'] as const) {
    const [clean, noisy] = [await number(task[measure](right, batch)), await number(task[measure](spoilt, batch))];
    if (Math.abs(clean - noisy) > 1e-5) {
      fail(task, `${measure}: expected ${clean} for any outputs at masked targets, got ${noisy}.`);
    }
  }
}

async function baselineIsTrue(task: Task, options: TaskOptions): Promise<void> {
  const { difficulty = task.easiest, baseline: tolerance = 0.05 } = options;
  const batch = sampleOf(task, options, 'baseline', 1000);
  const found = await frequencies(task, batch);
  const { loss, accuracy } = task.baseline(difficulty);
  if (Math.abs(found.loss - loss) > Number(tolerance)) {
    fail(task, `baseline: loss: expected about ${found.loss}, by the frequencies of targets, got ${loss}.`);
  }
  if (task.targets !== 'numbers' && Math.abs(found.accuracy - accuracy) > 0.05) {
    fail(task, `baseline: accuracy: expected about ${found.accuracy}, by the frequencies of targets, got ${accuracy}.`);
  }
}

async function tooEasyThrows(task: Task, _: TaskOptions): Promise<void> {
  for (const [parameter, least] of Object.entries(task.easiest)) {
    for (const bad of [least - 1, Number.NaN, least + 0.5]) {
      try {
        task.sample(Rng.seeded(1), [{ ...task.easiest, [parameter]: bad }]);
      } catch (error) {
        if (OptionError.isInstance(error) && error.message.startsWith(`${task.name}: ${parameter}: `)) continue;
        throw error;
      }
      fail(task, `sample: expected an OptionError for ${parameter} = ${bad}, got a batch.`);
    }
  }
}

async function nothingLeaks(task: Task, options: TaskOptions): Promise<void> {
  const batch = leavesOf(sampleOf(task, options, 1));
  const outputs: Sequence = zeros([...(batch.targets as Tensor).shape.slice(0, 2), task.outputSize] as [
    number,
    number,
    number,
  ]);
  const whole = batch as unknown as Batch;
  const calls: readonly (readonly [string, number, () => unknown])[] = [
    ['sample', Object.keys(batch).length, () => sampleOf(task, options, 1)],
    ['loss', 1, () => task.loss(outputs, whole)],
    ['accuracy', 1, () => task.accuracy(outputs, whole)],
  ];
  for (const [name, wanted, call] of calls) {
    const created = countTensors(call);
    if (created !== wanted) fail(task, `${name}: expected ${wanted} tensors more, got ${created}; use tidy.`);
  }
}

async function partsAreApart(task: Task, options: TaskOptions): Promise<void> {
  const seen = new Map<string, string>();
  for (const name of ['train', 'validation', 'test'] as const) {
    const part = (task.part as NonNullable<Task['part']>)(name);
    const { inputs } = sampleOf(part, options, 'parts', 100) as { inputs: Tensor2D };
    const values = await inputs.data();
    const each = inputs.size / 100;
    for (let row = 0; row < 100; row++) {
      const key = values
        .slice(row * each, (row + 1) * each)
        .join()
        .replace(/(,0)+$/, '');
      const other = seen.get(key);
      if (other !== undefined && other !== name) fail(task, `part: ${name} has a row of ${other}: ${key}.`);
      seen.set(key, name);
    }
  }
}
