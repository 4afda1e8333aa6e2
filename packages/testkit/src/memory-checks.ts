import {
  type Frame,
  type Memory,
  type MemorySession,
  Rng,
  ShapeError,
  type Tree,
  tree,
  valueAndGrad,
} from '@elman/core';
import { dot, mul, type Scalar, type Tensor, type Tensor1D, tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { ConformanceError } from './errors.ts';
import { checkGradient, differentiable } from './gradients.ts';
import { countTensors, flatten } from './tensors.ts';
import { expectTreesClose } from './trees.ts';

/** Options of the checks of a memory. */
export interface MemoryOptions {
  /** Closeness of gradients to finite differences. Default 2e-3. */
  readonly gradientTolerance?: number | undefined;
  /** Scale of the commands in gradient checks, 1 by default: smaller where a choice among many is hard. */
  readonly scale?: number | undefined;
}

type AnyMemory = Memory<Tree>;

/** A check of a memory. */
export interface MemoryCheck {
  readonly title: string;
  /** Whether it applies to this memory; by default to all. */
  applies?(memory: AnyMemory): boolean;
  run(memory: AnyMemory, options: MemoryOptions): Promise<void>;
}

/** The checks of memories. */
export const memoryChecks: readonly MemoryCheck[] = [
  { title: 'read and state keep their shapes, of which axis 0 is the batch', run: formIsKept },
  { title: 'rows do not influence each other', run: rowsAreIndependent },
  { title: 'gradients w.r.t. state and command agree with finite differences', run: gradientsAreRight },
  { title: 'a hundred large random commands leave values and gradients finite', run: staysFinite },
  { title: 'no tensor leaks, and arguments are not disposed of', run: nothingLeaks },
  { title: 'a command of another width throws a ShapeError that names the memory', run: wrongWidthThrows },
  {
    title: 'recorded quantities have a row for each of the batch',
    applies: (memory) => memory.watch !== undefined,
    run: seenHasRows,
  },
  {
    title: 'a session equals access, with its gradients, and holds masked rows',
    applies: (memory) => memory.open !== undefined,
    run: sessionIsAccess,
  },
];

const BATCH = 3;

function commandsOf(memory: AnyMemory, count: number, scale = 1, batch = BATCH): Frame[] {
  const rng = Rng.seeded(7);
  return Array.from(
    { length: count },
    (_, i) => rng.fork(i).tensor([batch, memory.interfaceSize], (r) => scale * r.normal()) as Frame,
  );
}

/** A state after several accesses: the initial one is often all zeros and hides mistakes. */
function stateOf(memory: AnyMemory, scale = 1): Tree {
  return tree.tidy(() =>
    commandsOf(memory, 8, scale)
      .slice(1)
      .reduce((state, command) => memory.access(state, command).state, memory.initialState(BATCH)),
  );
}

function fail(memory: AnyMemory, message: string): never {
  throw new ConformanceError(`${memory.name}: ${message}`);
}

const form = (of: Tree): string =>
  tree
    .entries(of)
    .map(([path, { dtype, shape }]) => `${path} ${dtype} [${shape.join(', ')}]`)
    .join('; ');

async function formIsKept(memory: AnyMemory): Promise<void> {
  const first = memory.initialState(BATCH);
  for (const [path, leaf] of tree.entries(first)) {
    if (leaf.shape[0] !== BATCH)
      fail(memory, `initialState: ${path}: expected axis 0 of ${BATCH}, got [${leaf.shape}].`);
  }
  let state = first;
  for (const command of commandsOf(memory, 3)) {
    const next = memory.access(state, command);
    const wanted = [BATCH, memory.readSize].join();
    if (next.read.shape.join() !== wanted) fail(memory, `read: expected [${wanted}], got [${next.read.shape}].`);
    if (form(next.state) !== form(first)) fail(memory, `state: expected ${form(first)}, got ${form(next.state)}.`);
    state = next.state;
  }
}

async function rowsAreIndependent(memory: AnyMemory): Promise<void> {
  const state = stateOf(memory);
  const [command] = commandsOf(memory, 1) as [Frame];
  const rows = tensor1d([2, 0, 0], 'int32');
  const some = memory.access(tree.gather(state, rows), tree.gather(command, rows));
  const all = tree.gather(memory.access(state, command) as Tree, rows);
  await expectTreesClose(some, all, { where: `${memory.name}: rows alone` });
}

async function gradientsAreRight(memory: AnyMemory, { gradientTolerance = 2e-3, scale }: MemoryOptions): Promise<void> {
  const commands = commandsOf(memory, 2, scale);
  const through = ({ state, commands }: { state: Tree; commands: Tree }): Tree => {
    const [first, second] = commands as unknown as [Frame, Frame];
    const once = memory.access(state, first);
    const { read, state: last } = memory.access(once.state, second);
    return [once.read, read, last];
  };
  const where = `${memory.name}: gradient`;
  await checkGradient(
    through,
    { state: stateOf(memory, scale), commands },
    { tolerance: gradientTolerance, seed: 1, where },
  );
}

async function staysFinite(memory: AnyMemory): Promise<void> {
  const commands = commandsOf(memory, 100, 8, 2);
  const { value, grads } = valueAndGrad((given: Tree) => {
    let state = memory.initialState(2);
    const reads: Tensor[] = [];
    for (const command of given as Frame[]) {
      const next = memory.access(state, command);
      reads.push(next.read);
      state = next.state;
    }
    return { loss: weigh([...reads, ...differentiable(state).leaves]), aux: [] };
  }, commands as Tree);
  const [loss, slopes] = await Promise.all([value.data(), flatten(tree.leaves(grads)).data()]);
  if (!Number.isFinite(loss[0]))
    fail(memory, `expected finite values after 100 large random commands, got ${loss[0]}.`);
  const wrong = slopes.findIndex((slope) => !Number.isFinite(slope));
  if (wrong >= 0) fail(memory, `expected finite gradients after 100 large random commands, got ${slopes[wrong]}.`);
}

/** The sum of all numbers, each with a random weight. */
function weigh(of: readonly Tensor[]): Scalar {
  const flat = flatten(of);
  const weights = Rng.seeded(3).tensor([flat.size], (r) => r.uniform(-1, 1)) as Tensor1D;
  return dot(flat, weights) as Scalar;
}

async function nothingLeaks(memory: AnyMemory): Promise<void> {
  const state = stateOf(memory);
  const [command] = commandsOf(memory, 1) as [Frame];
  const calls: { readonly [name: string]: () => Tree } = {
    initialState: () => memory.initialState(BATCH),
    access: () => memory.access(state, command),
    ...(memory.watch && { watch: () => memory.watch?.(state, command) ?? [] }),
  };
  const lent = new Set<Tensor>([...tree.leaves(state), command]);
  for (const [name, call] of Object.entries(calls)) {
    let returned: Tree = [];
    const made = countTensors(() => {
      returned = call();
    });
    const leaves = new Set(tree.leaves(returned));
    if (made !== leaves.size) fail(memory, `${name}: expected ${leaves.size} more tensors, got ${made}; use tidy.`);
    if ([...leaves].some((leaf) => lent.has(leaf))) {
      fail(memory, `${name}: expected fresh tensors, got an argument back; return a clone.`);
    }
  }
  if ([...lent].some((leaf) => leaf.isDisposed))
    fail(memory, 'expected arguments to be alive afterwards, one was disposed of.');
}

async function wrongWidthThrows(memory: AnyMemory): Promise<void> {
  let caught: unknown;
  try {
    memory.access(memory.initialState(BATCH), zeros([BATCH, memory.interfaceSize + 1]));
  } catch (error) {
    caught = error;
  }
  if (ShapeError.isInstance(caught) && caught.message.includes(memory.name)) return;
  fail(memory, `expected a ShapeError that names it for a command of the wrong width, got ${caught ?? 'none'}.`);
}

async function seenHasRows(memory: AnyMemory): Promise<void> {
  const [command] = commandsOf(memory, 1) as [Frame];
  const seen = Object.entries(memory.watch?.(stateOf(memory), command) ?? {});
  if (seen.length === 0) fail(memory, 'watch: expected recorded quantities, got none.');
  for (const [name, { shape }] of seen) {
    if (shape[0] !== BATCH) fail(memory, `watch: ${name}: expected axis 0 of ${BATCH}, got [${shape.join(', ')}].`);
  }
}

async function sessionIsAccess(memory: AnyMemory, { scale }: MemoryOptions): Promise<void> {
  const commands = commandsOf(memory, 4, scale);
  const reals = [
    [1, 1, 1],
    [1, 0, 1],
    [1, 1, 0],
    [1, 0, 0],
  ].map((real) => tensor2d(real, [BATCH, 1]));
  const state = stateOf(memory, scale);
  const byAccess = (from: Tree, given: readonly Frame[]): { reads: Frame[]; last: Tree } => {
    let last = from;
    const reads = given.map((command, i) => {
      const real = reals[i] as Frame;
      const next = memory.access(last, command);
      last = tree.where(real, next.state, last);
      return mul(next.read, real) as Frame;
    });
    return { reads, last };
  };
  const bySession = (from: Tree, given: readonly Frame[]): { reads: Frame[]; last: Tree } => {
    const session = memory.open?.(from) as MemorySession<Tree>;
    const reads = given.map((command, i) => mul(session.access(command, reals[i]), reals[i] as Frame) as Frame);
    return { reads, last: session.close() };
  };
  const first = memory.open?.(state);
  if (first === undefined) return; // the backend has no faster way
  first.close();
  const of = (through: typeof bySession) => {
    const paths = differentiable(state);
    const { grads, aux } = valueAndGrad(
      (given: { state: Tensor[]; commands: Frame[] }) => {
        const done = through(paths.put(given.state), given.commands);
        return { loss: weigh([...done.reads, ...differentiable(done.last).leaves]), aux: done };
      },
      { state: [...paths.leaves], commands },
    );
    return { grads, aux: aux as Tree };
  };
  const [wanted, found] = [of(byAccess), of(bySession)];
  await expectTreesClose(found.aux, wanted.aux, { where: `${memory.name}: session` });
  await expectTreesClose(found.grads, wanted.grads, { where: `${memory.name}: gradient through a session` });
}
