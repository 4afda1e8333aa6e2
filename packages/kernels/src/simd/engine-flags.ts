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
 * Compiles with flags of V8 that are switched off again afterwards, so that they affect this module alone: compiled
 * eagerly and by the optimizing compiler, since lazy compilation would miss them. As usual if there are no flags.
 */
export function compileWithFlags<T>(flags: readonly string[], compile: () => T): T {
  if (flags.length === 0) return compile();
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
