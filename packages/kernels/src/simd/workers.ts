/** Layout of the control block, in int32 from its start. */
export const places = {
  /** Number of the job · 256 + number of its parts: workers wait on this word. */
  turn: 0,
  /** Workers that have started; a worker takes its number from it. */
  ready: 1,
  /** Workers that have done their part of the job. */
  done: 2,
  /** Not 0 once a worker has failed. */
  failed: 3,
  /** The function, by its number among the names. */
  name: 4,
  /** How many arguments follow the part and its bounds. */
  length: 5,
  /** The unit at which each part begins, and the end of the last. */
  bounds: 8,
  /** The arguments, in float64: addresses up to 4 GB, and numbers that are not whole. */
  arguments: 80,
  /** Size of the block. */
  end: 144,
} as const;

/** Initial message to a worker. */
export type Assignment = {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of the constants. */
  readonly constants: number;
  /** Address of the control block. */
  readonly control: number;
  /** Functions of the module by their numbers. */
  readonly names: readonly string[];
  /** Spins before it sleeps. */
  readonly looks: number;
  readonly places: typeof places;
};

/** The main loop of a worker. The worker runs its source text, so it must not refer to anything outside. */
function serve({ module, memory, constants, control, names, looks, places }: Assignment): void {
  type Functions = { readonly [name: string]: (...args: number[]) => void };
  const simd = new WebAssembly.Instance(module, { env: { memory } }).exports as Functions;
  simd.placeConstants?.(constants);
  const words = new Int32Array(memory.buffer, control, places.end);
  const numbers = new Float64Array(memory.buffer, control + 4 * places.arguments);
  let turn = Atomics.load(words, places.turn);
  const part = Atomics.add(words, places.ready, 1) + 1;
  for (;;) {
    for (let i = 0; Atomics.load(words, places.turn) === turn; i++) {
      if (i > looks) Atomics.wait(words, places.turn, turn);
    }
    turn = Atomics.load(words, places.turn);
    const parts = turn & 255;
    if (part >= parts) continue;
    const args = numbers.subarray(0, words[places.length]);
    const [from, to] = words.subarray(places.bounds + part) as unknown as [number, number];
    try {
      simd[names[words[places.name] as number] as string]?.(part, from, to, ...args);
    } catch {
      Atomics.store(words, places.failed, 1);
    }
    if (Atomics.add(words, places.done, 1) + 1 === parts - 1) Atomics.notify(words, places.done);
  }
}

type NodeWorker = new (
  source: string,
  options: object,
) => { unref(): void; on(event: string, listener: () => void): void };

/** What we use of Node. */
type Node = {
  readonly env?: { readonly [name: string]: string | undefined };
  readonly getBuiltinModule?: (name: string) => {
    readonly Worker: NodeWorker;
    availableParallelism(): number;
  };
};

/** Default number of threads: ELMAN_THREADS, or those of the machine up to eight. */
export function defaultThreads(): number {
  const { process } = globalThis as { process?: Node };
  const wanted = Number(process?.env?.ELMAN_THREADS);
  if (Number.isInteger(wanted) && wanted > 0) return wanted;
  const { navigator } = globalThis as { navigator?: { readonly hardwareConcurrency: number } };
  const machine = process?.getBuiltinModule?.('node:os').availableParallelism() ?? navigator?.hardwareConcurrency ?? 1;
  return Math.min(8, machine);
}

/** Whether there are workers that can share memory: in Node since 20.16, and in pages that are cross-origin isolated. */
export function haveWorkers(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  const { process, crossOriginIsolated, Worker } = globalThis as {
    process?: Node;
    crossOriginIsolated?: boolean;
    Worker?: unknown;
  };
  return process?.getBuiltinModule !== undefined || (crossOriginIsolated === true && Worker !== undefined);
}

/** Starts a worker, which counts itself in the control block once it runs. It keeps no process alive. One that fails is never counted. */
export function startWorker(assignment: Assignment): void {
  const { process } = globalThis as { process?: Node };
  if (process?.getBuiltinModule !== undefined) {
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    const source = `(${serve})(require('node:worker_threads').workerData)`;
    const worker = new Worker(source, { eval: true, execArgv: [], workerData: assignment });
    worker.on('error', () => undefined);
    worker.unref();
    return;
  }
  const url = URL.createObjectURL(
    new Blob([`onmessage = ({ data }) => (${serve})(data);`], { type: 'text/javascript' }),
  );
  const worker = new Worker(url);
  worker.onerror = (event) => event.preventDefault();
  worker.postMessage(assignment);
}
