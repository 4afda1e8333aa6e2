import { type DataId, engine, env, type KernelBackend } from '@tensorflow/tfjs-core';
import { NotCompilable } from '../graph.ts';

/** A gradient on the tape of the engine. */
export type TapeEntry = {
  readonly kernelName: string;
  readonly outputs: readonly { readonly dataId: DataId }[];
  gradient?: (dys: unknown) => unknown;
};

type State = {
  tensorInfo: WeakMap<object, unknown>;
  readonly activeTape: TapeEntry[] | null;
};

/** What we use of the engine that its type does not have. */
type Engine = { state: State; backendName: string; backendInstance: unknown };

/** The backend of data: another one's data, which the engine does not know here, is read from ours, which refuses it. */
class Backends extends WeakMap<object, unknown> {
  readonly #backend: KernelBackend;

  constructor(backend: KernelBackend) {
    super();
    this.#backend = backend;
  }

  override get(id: object): unknown {
    return super.get(id) ?? { backend: this.#backend };
  }
}

/** Whether the engine outside has the data of a tensor. */
export type IsOutside = (id: DataId) => boolean;

/**
 * Runs `f` with a backend, and with a state of the engine of its own: tensors are not counted, tidied or recorded on a tape outside, and
 * `f` sees no tape of anybody else.
 */
export function isolated<T>(name: string, backend: KernelBackend, f: (isOutside: IsOutside) => T): T {
  if (env().getBool('DEBUG'))
    throw new NotCompilable('debug mode reads the numbers of every op; switch it off', 'DEBUG');
  const inside = engine() as unknown as Engine;
  const { state, backendName, backendInstance } = inside;
  const { stackTraceLimit } = Error;
  inside.state = new (state.constructor as new () => State)();
  inside.state.tensorInfo = new Backends(backend);
  inside.backendName = name;
  inside.backendInstance = backend;
  // An op is some twenty calls deep in the engine; where it was called is further out.
  Error.stackTraceLimit = 100;
  try {
    return f((id) => state.tensorInfo.has(id));
  } finally {
    inside.state = state;
    inside.backendName = backendName;
    inside.backendInstance = backendInstance;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The tape that is being recorded. */
export function currentTape(): readonly TapeEntry[] {
  return (engine() as unknown as Engine).state.activeTape ?? [];
}
