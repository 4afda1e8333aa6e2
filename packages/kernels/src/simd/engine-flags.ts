/** What we use of Node. */
type Node = {
  readonly arch?: string;
  readonly getBuiltinModule?: (name: 'node:v8') => { setFlagsFromString(flag: string): void };
};

/** Whether flags of the engine can be set here: in Node since 20.16, on the processors that these flags are about. */
export function haveFlags(): boolean {
  const { process } = globalThis as { process?: Node };
  return process?.getBuiltinModule !== undefined && process.arch === 'x64';
}

/**
 * Compiles with flags of V8 that are on meanwhile and off again afterwards, so that they are about this module alone: compiled
 * at once and by the optimizing compiler, since what is compiled later would be so without them.
 */
export function compileWithFlags<T>(flags: readonly string[], compile: () => T): T {
  const { process } = globalThis as { process?: Node };
  const v8 = process?.getBuiltinModule?.('node:v8');
  const set = (prefix: string, names: readonly string[]): void => {
    for (const name of names) v8?.setFlagsFromString(`--${prefix}${name}`);
  };
  const lazy = ['liftoff', 'wasm-lazy-compilation'];
  set('', flags);
  set('no-', lazy);
  try {
    return compile();
  } finally {
    set('no-', flags);
    set('', lazy);
  }
}
