import { type Assignment, workerSource } from './serve.ts';

type NodeWorker = new (
  source: string,
  options: object,
) => { unref(): void; on(event: string, listener: () => void): void };

/** What we use of Node. */
type Node = {
  readonly env?: { readonly [name: string]: string | undefined };
  readonly getBuiltinModule?: (name: string) => {
    readonly Worker: NodeWorker;
    receiveMessageOnPort(port: MessagePort): unknown;
    availableParallelism(): number;
  };
};

/** A worker, seen from the thread that has started it. */
export type Started = {
  /** Whether the runtime has told us that it has ended: it does so between tasks only. */
  readonly hasExited: boolean;
  /** Whether it has certainly ended, and will write nothing more, as of now. Takes a fraction of a millisecond. */
  hasEnded(): boolean;
  /** Whether `hasEnded` will be true once it has: not in pages. */
  readonly isWatched: boolean;
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

/**
 * Starts a worker, which reports in the control block once it runs. It keeps no process alive. Undefined if the system
 * refuses.
 */
export function startWorker(assignment: Assignment): Started | undefined {
  const { process } = globalThis as { process?: Node };
  return process?.getBuiltinModule === undefined ? startInPage(assignment) : startInNode(process, assignment);
}

function startInNode({ getBuiltinModule }: Node, assignment: Assignment): Started | undefined {
  const { Worker, receiveMessageOnPort } = (getBuiltinModule as NonNullable<typeof getBuiltinModule>)(
    'node:worker_threads',
  );
  const { port1, port2 } = new MessageChannel();
  let ours = passedOn(port1);
  const source = `const { workerData } = require('node:worker_threads'); (${workerSource})(workerData.assignment)`;
  let worker: InstanceType<NodeWorker>;
  try {
    const workerData = { assignment, port: port2 };
    worker = new Worker(source, { eval: true, execArgv: [], workerData, transferList: [port2] });
  } catch {
    return undefined;
  }
  const isWatched = ours !== undefined;
  let hasExited = false;
  worker.on('error', () => undefined);
  worker.on('exit', () => {
    hasExited = true;
    ours?.close();
  });
  worker.unref();
  return {
    isWatched,
    get hasExited() {
      return hasExited;
    },
    hasEnded() {
      if (hasExited || ours === undefined) return hasExited;
      // Once a thread has stopped, Node closes its ports, and those at the other end as soon as they are read.
      receiveMessageOnPort(ours);
      ours = passedOn(ours);
      hasExited = ours === undefined;
      return hasExited;
    },
  };
}

/** The same port under a new name; undefined if it is closed, or at once if the runtime cannot do this. */
function passedOn(port: MessagePort): MessagePort | undefined {
  try {
    return structuredClone(port, { transfer: [port] });
  } catch {
    return undefined;
  }
}

function startInPage(assignment: Assignment): Started {
  const source = `onmessage = ({ data }) => (${workerSource})(data);`;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onerror = (event) => event.preventDefault();
  worker.postMessage(assignment);
  return { isWatched: false, hasExited: false, hasEnded: () => false };
}
