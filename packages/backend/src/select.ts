import { BackendError } from '@elman/core';
import { engine, setBackend } from '@tensorflow/tfjs-core';
import { platform } from '#platform';
import { activate } from './activate.ts';
import { type BackendName, expectBackendName, tfjsName } from './names.ts';
import { quietly } from './quiet.ts';
import { startCpu } from './start/cpu.ts';
import { startNode, startNodeGpu } from './start/native.ts';
import { oneLine, type Start, type StartOptions, type WasmPaths } from './start/start.ts';
import { startWasm, whyWasmFailed } from './start/wasm.ts';
import { startWebgl } from './start/webgl.ts';
import { startWebgpu } from './start/webgpu.ts';

/** How to choose a backend. */
export interface SelectOptions {
  /** In a page: where the wasm backend's binaries are served. In Node they are found by themselves. */
  readonly wasmPaths?: WasmPaths | undefined;
  /** The backends to try, best first, instead of the order that suits the platform. */
  readonly order?: readonly BackendName[] | undefined;
}

/** A backend that was not taken, and why: a sentence that a person can act on. */
export interface PassedOver {
  readonly name: BackendName;
  readonly reason: string;
}

/** The backend that was taken. */
export interface Selection {
  readonly name: BackendName;
  /** What stands behind it: `WebAssembly, SIMD`, `libtensorflow, CPU`, the name of a graphics processor. */
  readonly device: string;
  /** Those that were tried before it. */
  readonly passedOver: readonly PassedOver[];
}

const starts: { readonly [name in BackendName]: (options: StartOptions) => Promise<Start> } = {
  'node-gpu': startNodeGpu,
  node: startNode,
  webgpu: startWebgpu,
  webgl: startWebgl,
  wasm: startWasm,
  cpu: startCpu,
};

/**
 * Chooses a backend, makes it ready and completes what it lacks for training. From then on tfjs computes on it. May be
 * called again, to change to another.
 *
 * The choice is `preference`; else, in Node, what `ELMAN_BACKEND` says; else the first of `options.order`, or of
 * `defaultOrder()`, that starts. A GPU that is only software is not chosen by itself.
 *
 * @throws {BackendError} if the backend that was asked for cannot be had (with the reason), a name is not one, or none of
 *   the order starts. The backend that was active stays so.
 */
export function selectBackend(preference?: BackendName | undefined, options: SelectOptions = {}): Promise<Selection> {
  return inTurn(() => quietly(() => select(preference, options)));
}

/** The backends that are tried here when none is asked for, best first. */
export function defaultOrder(): readonly BackendName[] {
  return platform.order;
}

async function select(preference: BackendName | undefined, options: SelectOptions): Promise<Selection> {
  const requested = preference ?? platform.requested();
  if (requested !== undefined) {
    const where = preference === undefined ? 'ELMAN_BACKEND' : 'preference';
    const name = expectBackendName(where, requested);
    const attempt = await tryBackend(name, options);
    if ('reason' in attempt) throw new BackendError(`backend: ${name} cannot be had: ${attempt.reason}.`);
    return { name, device: attempt.device, passedOver: [] };
  }
  const passedOver: PassedOver[] = [];
  for (const candidate of options.order ?? platform.order) {
    const name = expectBackendName('order', candidate);
    const attempt = await tryBackend(name, options, { cautious: true });
    if (!('reason' in attempt)) return { name, device: attempt.device, passedOver };
    passedOver.push({ name, reason: attempt.reason });
  }
  const reasons = passedOver.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw new BackendError(`backend: none could be started (${reasons || 'the order is empty'}).`);
}

/** Starts a backend and makes it the active one; or says why not, and leaves active what was. */
export async function tryBackend(
  name: BackendName,
  options: StartOptions,
  { cautious = false }: { cautious?: boolean } = {},
): Promise<{ readonly device: string } | { readonly reason: string }> {
  const before = engine().backendName;
  let reason: string | undefined;
  try {
    const start = await starts[name](options);
    if (!start.possible) reason = start.reason;
    else if (cautious && start.caution !== undefined) reason = start.caution;
    else {
      await activate(tfjsName(name));
      const { device = name } = start;
      return { device: typeof device === 'string' ? device : device() };
    }
  } catch (error) {
    reason = name === 'wasm' ? whyWasmFailed(oneLine(error)) : oneLine(error);
  }
  if (before && engine().backendName !== before) await setBackend(before);
  return { reason };
}

let last: Promise<unknown> = Promise.resolve();

/** One after the other: two selections at once would each change the backend under the other. */
export function inTurn<T>(run: () => Promise<T>): Promise<T> {
  const turn = last.then(run, run);
  last = turn.catch(() => undefined);
  return turn;
}
