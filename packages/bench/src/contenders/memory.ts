/** A memory alone: a sequence of random commands forward, and the gradient of the read vectors w.r.t. them. */
import { type BackendName, selectBackend } from '@elman/backend';
import { type Frame, type Memory, Rng, type Tree, tree, valueAndGrad } from '@elman/core';
import { useThreads } from '@elman/kernels';
import { ntmMemory, sparseAccessMemory } from '@elman/memory';
import {
  concat,
  memory as memoryOfTensors,
  mul,
  type Scalar,
  sum,
  type Tensor,
  version_core,
} from '@tensorflow/tfjs-core';
import type { MemorySetup } from '../protocol.ts';
import { CannotRun, serve } from './serve.ts';

await serve(async (setup: MemorySetup) => {
  useThreads(setup.threads);
  const { device } = await selectBackend(setup.backend as BackendName).catch((error: Error) => {
    throw new CannotRun(error.message);
  });
  let held = 0;
  const step = accesses(setup, (bytes) => {
    held = bytes;
  });
  const versions = { 'tfjs-core': version_core, Node: process.version, device };
  return { versions, step, heldBytes: () => held, clock: processorTime };
});

/** Processor time of this process: other load on the machine does not count. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function memoryOf({ memory, slots, width, reads, nearest }: MemorySetup): Memory<Tree> {
  const made =
    memory === 'ntm'
      ? ntmMemory({ slots, width, reads })
      : sparseAccessMemory({ slots, width, reads, nearest, index: memory });
  return made as unknown as Memory<Tree>;
}

/** Fills all slots, since an index over empty ones does no work. */
function filled(memory: Memory<Tree>, batch: number, rng: Rng): Tree {
  return tree.map(memory.initialState(batch), (leaf, path) =>
    path === 'memory' ? rng.tensor(leaf.shape, (r) => r.normal()) : leaf,
  );
}

function accesses(setup: MemorySetup, tellHeld: (bytes: number) => void): () => Promise<number> {
  const { batch, time } = setup;
  const rng = Rng.seeded(1);
  const memory = memoryOf(setup);
  const start = filled(memory, batch, rng.fork('memory'));
  const normal = (t: number, size: number): Tensor => rng.fork(t).tensor([batch, size], (r) => r.normal());
  const commands = Array.from({ length: time }, (_, t) => normal(t, memory.interfaceSize) as Frame);
  const weights = normal(time, time * memory.readSize);
  let isFirst = true;
  return async () => {
    const before = isFirst ? bytesNow() : 0;
    const { value, grads } = valueAndGrad((given: Frame[]) => {
      const reads = readAll(memory, start, given);
      if (isFirst) tellHeld(bytesNow() - before);
      isFirst = false;
      return { loss: sum<Scalar>(mul(concat(reads, 1), weights)), aux: {} };
    }, commands);
    const [loss] = await value.data();
    tree.dispose([value, grads]);
    return loss as number;
  };
}

function readAll(memory: Memory<Tree>, start: Tree, commands: readonly Frame[]): Frame[] {
  const session = memory.open?.(start);
  if (session !== undefined) {
    const reads = commands.map((command) => session.access(command));
    session.close();
    return reads;
  }
  let state = start;
  return commands.map((command) => {
    const next = memory.access(state, command);
    state = next.state;
    return next.read;
  });
}

/** Bytes of tensors and typed arrays after garbage collection. */
function bytesNow(): number {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  gc?.();
  // On the backend cpu the data of tensors are typed arrays, and are counted twice; per access that is the same for all.
  return memoryOfTensors().numBytes + process.memoryUsage().arrayBuffers;
}
