import { ElmanError } from '@elman/core';
import type { Blocks } from './blocks.ts';
import { compileWithFlags } from './engine-flags.ts';
import type { SimdExports } from './instantiate.ts';

/** A function that works in parts: those from unit `from` to before unit `to`. */
export type PartFunction = (part: number, from: number, to: number, ...args: number[]) => void;

/**
 * The functions of a generated module, which work in parts. All arguments are i32: addresses in bytes, and counts. They
 * write only what they do not read, so that a part may be computed again at any time.
 */
export type PartFunctions = Readonly<Record<string, PartFunction>>;

/** A generated module on the memory of a workspace. */
export type Program = {
  readonly exports: PartFunctions;
  /** Its number, from 1; never used again. */
  readonly number: number;
  /** The bytes of the module in the memory, for the workers: 0 and 0 where there are none. */
  readonly address: number;
  readonly length: number;
  readonly isDisposed: boolean;
  /** Frees its bytes. It cannot run afterwards. */
  dispose(): void;
};

/** Where programs run. */
export type Host = {
  readonly simd: SimdExports;
  readonly memory: WebAssembly.Memory;
  readonly blocks: Pick<Blocks, 'take' | 'give'>;
  readonly isShared: boolean;
  /** Flags of the engine with which the built module was compiled. */
  readonly flags: readonly string[];
};

let count = 0;

/**
 * Compiles and instantiates a module. It imports `env.memory` and functions of the built module, as `kernels.multiplyRows`.
 *
 * @throws {ElmanError} if it does not compile, {RangeError} if there is no room for its bytes.
 */
export function loadProgram({ simd, memory, blocks, isShared, flags }: Host, bytes: Uint8Array<ArrayBuffer>): Program {
  let exports: PartFunctions;
  try {
    const module = compileWithFlags(flags, () => new WebAssembly.Module(bytes));
    exports = new WebAssembly.Instance(module, { env: { memory }, kernels: simd }).exports as PartFunctions;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : `${cause}`;
    throw new ElmanError(`kernels: a generated module does not compile: ${reason}. Please report this.`, { cause });
  }
  const length = isShared ? bytes.length : 0;
  const address = isShared ? blocks.take(length) : 0;
  if (isShared) new Uint8Array(memory.buffer, address, length).set(bytes);
  const number = ++count;
  let isDisposed = false;
  const program: Program = {
    exports,
    number,
    address,
    length,
    get isDisposed() {
      return isDisposed;
    },
    dispose() {
      if (isShared && !isDisposed) blocks.give(address);
      isDisposed = true;
      whenLost.unregister(program);
    },
  };
  if (isShared) whenLost.register(program, { blocks, address }, program);
  return program;
}

/** Frees the bytes of programs that nobody can run any more: those of a cell that is lost. */
const whenLost = new FinalizationRegistry<{ readonly blocks: Host['blocks']; readonly address: number }>(
  ({ blocks, address }) => blocks.give(address),
);
