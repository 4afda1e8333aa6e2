/**
 * In Node the module of tfjs's wasm backend listens to `uncaughtException` and `unhandledRejection` of the process and throws the
 * error again. Every uncaught error of the program, however unrelated, is then shown behind the whole source of that module, and
 * the exit code is 7. And when the module is disposed it removes the listeners of everybody else.
 */
const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

type Listener = (...values: unknown[]) => void;
type Listeners = readonly (readonly [event: string, listeners: readonly Listener[]])[];
interface Emitter {
  on(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
  rawListeners(event: string): Listener[];
}

/** A function that does nothing but throw what it was given, minified or not; the module's leaves its own `ExitStatus` out. */
const THROWS_AGAIN =
  /^function\s*\(([\w$]+)\)\s*\{\s*(?:if\s*\(!\(\1\s+instanceof\s+[\w$]+\)\)\s*\{?\s*)?throw \1;?\s*\}?\s*\}$/;

const emitter = (): Emitter | undefined => {
  const { process } = globalThis as unknown as { process?: Partial<Emitter> };
  return typeof process?.rawListeners === 'function' ? (process as Emitter) : undefined;
};

const throwsAgain = (listener: Listener): boolean => THROWS_AGAIN.test(String(listener));
const current = (process: Emitter): Listeners => EVENTS.map((event) => [event, process.rawListeners(event)]);

/** Starts the wasm backend, or tries to, and removes the listeners that this added, not those that the program added meanwhile. */
export async function startWithoutListeners<T extends { dispose(): void }>(start: () => T | Promise<T>): Promise<T> {
  const process = emitter();
  if (process === undefined) return start();
  const before = current(process);
  try {
    const backend = await start();
    keepListenersOnDispose(backend, process);
    return backend;
  } finally {
    for (const [event, listeners] of before) {
      const added = process.rawListeners(event).filter((listener) => !listeners.includes(listener));
      for (const listener of added) if (throwsAgain(listener)) process.off(event, listener);
    }
  }
}

const relieved = new WeakSet<object>();

/** The same for a wasm backend that the program started itself: the latest listener of this form is taken for its own. */
export function removeListenersOf(backend: { dispose(): void }): void {
  const process = emitter();
  if (process === undefined || relieved.has(backend)) return;
  for (const [event, listeners] of current(process)) {
    const own = listeners.findLast(throwsAgain);
    if (own !== undefined) process.off(event, own);
  }
  keepListenersOnDispose(backend, process);
}

function keepListenersOnDispose(backend: { dispose(): void }, process: Emitter): void {
  relieved.add(backend);
  const dispose = backend.dispose.bind(backend);
  backend.dispose = () => {
    const before = current(process);
    dispose();
    for (const [event, listeners] of before) {
      for (const listener of process.rawListeners(event)) process.off(event, listener);
      for (const listener of listeners) process.on(event, listener);
    }
  };
}
