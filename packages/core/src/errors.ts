import { oneLine } from './one-line.ts';

/**
 * Errors of Elman: one line each: where, what was expected, what was found and what to change.
 *
 * A class is recognised by a marker in the global symbol registry, not by identity, so that `ShapeError.isInstance(e)`
 * holds even where two copies of this package are installed; and by an explicit name, which no minifier changes.
 */
const marker = (kind: string): symbol => Symbol.for(`elman.error.${kind}`);

/** The base class of all errors of this library. Its message is one line of at most 400 characters (`oneLine`). */
export class ElmanError extends Error {
  static readonly kind: string = 'ElmanError';

  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options);
    this.name = new.target.kind;
    for (let type = new.target; type.kind !== undefined; type = Object.getPrototypeOf(type)) {
      Object.defineProperty(this, marker(type.kind), { value: true });
    }
  }

  /** Whether `error` is of this class or a subclass, from any copy of the package. */
  static isInstance<T extends ElmanError>(
    this: { readonly prototype: T; readonly kind: string },
    error: unknown,
  ): error is T {
    // biome-ignore lint/complexity/noThisInStatic: `this` is the class on which it is called, not this one.
    const { kind } = this;
    return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[marker(kind)] === true;
  }
}

/** A tensor's shape or dtype violates the contract. */
export class ShapeError extends ElmanError {
  static override readonly kind: string = 'ShapeError';
}

/** An option, argument or setting cannot be used as given. */
export class OptionError extends ElmanError {
  static override readonly kind: string = 'OptionError';
}

/** Text or data that cannot be used: missing, empty, too short, of the wrong kind. */
export class DataError extends ElmanError {
  static override readonly kind: string = 'DataError';
}

/** A checkpoint or model file that is missing, damaged or belongs to something else. */
export class CheckpointError extends ElmanError {
  static override readonly kind: string = 'CheckpointError';
}

/** A file names packages that the program does not trust. */
export class TrustError extends ElmanError {
  static override readonly kind: string = 'TrustError';
  /** The message without its advice. */
  readonly finding: string;
  /** Their names. */
  readonly packages: readonly string[];

  /** @param advice how to trust them; by default in code. */
  constructor(finding: string, packages: readonly string[], advice: string = adviceOn(packages.slice(0, SHOWN))) {
    super(`${finding}: ${advice}`);
    this.finding = finding;
    this.packages = packages;
  }
}

/** Packages that advice names. */
const SHOWN = 3;

/** Packages are looked up by their names; what a file exports is passed. */
function adviceOn(packages: readonly string[]): string {
  const isFile = (name: string): boolean => name.startsWith('file:');
  if (!packages.some(isFile)) return `trust: [${packages.map((name) => `'${name}'`).join(', ')}]`;
  return `trust: { ${packages.map((name) => `'${name}': ${isFile(name) ? '{ … }' : 'true'}`).join(', ')} }`;
}

/** No backend, or not the requested one, could be started. */
export class BackendError extends ElmanError {
  static override readonly kind: string = 'BackendError';
}

/** Divergence: a loss or parameter is NaN, infinite or extremely large. */
export class DivergenceError extends ElmanError {
  static override readonly kind: string = 'DivergenceError';
  /** The message without its advice. */
  readonly finding: string;
  /** Whether updates may have caused it, so that a lower learning rate may help: false before the first one. */
  readonly byUpdates: boolean;

  constructor(
    message: string,
    options?: ErrorOptions & { readonly finding?: string | undefined; readonly byUpdates?: boolean | undefined },
  ) {
    super(message, options);
    this.byUpdates = options?.byUpdates ?? true;
    this.finding = options?.finding ?? message.replace(/\.$/, '');
  }
}
