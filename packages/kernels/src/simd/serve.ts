import { places, states } from './control.ts';
import type { PureName, SimdExports } from './instantiate.ts';
import type { PartFunction, PartFunctions } from './program.ts';

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
  /** Its number, from 1. */
  readonly worker: number;
};

/** Instances of programs that a worker keeps, at most: of others it makes new ones. */
const MOST_PROGRAMS = 64;

/** What is common to all workers. */
const shared = { places, states, most: MOST_PROGRAMS };

/**
 * The main loop of a worker. The worker runs its source text, so it must not refer to anything outside.
 *
 * A part is claimed by writing to its word, which has the number of the job: so one thread at most claims it, and none
 * after the job. What belongs to the job is read after that, since the job does not end before the part has.
 */
function serve(
  { module, memory, constants, control, names, looks, worker }: Assignment,
  { places, states, most }: typeof shared,
): void {
  const simd = new WebAssembly.Instance(module, { env: { memory } }).exports as SimdExports;
  simd.placeConstants(constants);
  const words = new Int32Array(memory.buffer, control, places.end);
  const numbers = new Float64Array(memory.buffer, control + 4 * places.numbers, (places.end - places.numbers) / 2);
  const programs = new Map<number, PartFunctions>();
  const programOf = (number: number): PartFunctions => {
    const known = programs.get(number);
    if (known !== undefined) return known;
    const start = (words[places.bytes] as number) >>> 0;
    const length = words[places.byteLength] as number;
    if (start + length > memory.buffer.byteLength) memory.grow(0); // the buffer is then as long as the memory
    const module = new WebAssembly.Module(new Uint8Array(memory.buffer, start, length).slice());
    const made = new WebAssembly.Instance(module, { env: { memory }, kernels: simd }).exports as PartFunctions;
    if (programs.size === most) programs.delete(programs.keys().next().value as number);
    programs.set(number, made);
    return made;
  };
  let job = Atomics.load(words, places.turn);
  Atomics.store(words, places.ready + worker, 1);
  for (;;) {
    for (let i = 0; Atomics.load(words, places.turn) === job; i++) {
      if (i > looks) Atomics.wait(words, places.turn, job);
    }
    job = Atomics.load(words, places.turn);
    const part = Atomics.load(words, places.ranks + worker);
    if (part === 0 || part >= Atomics.load(words, places.parts)) continue;
    const claim = places.claims + part;
    const free = job * 256 + states.free;
    if (Atomics.compareExchange(words, claim, free, job * 256 + worker) !== free) continue;
    const program = words[places.program] as number;
    const place = words[places.name] as number;
    const name = names[place] as PureName;
    const args = numbers.slice(0, words[places.length] as number);
    const from = words[places.bounds + part] as number;
    const to = words[places.bounds + part + 1] as number;
    let state: number = states.done;
    try {
      if (program !== 0) {
        const functions = programOf(program);
        (functions[Object.keys(functions)[place] as string] as PartFunction)(part, from, to, ...args);
      } else simd[name](part, from, to, ...args);
    } catch {
      state = states.failed;
    }
    Atomics.store(words, claim, job * 256 + state);
    Atomics.notify(words, claim);
  }
}

/** The program of a worker, as an expression: a function of its assignment. */
export const workerSource: string = `(data) => (${serve})(data, ${JSON.stringify(shared)})`;
