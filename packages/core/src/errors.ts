/**
 * Errors of Elman: one line each, saying where, what was wanted, what was found and what to change.
 *
 * A class is recognised by a marker in the global symbol registry, not by identity, so that `ShapeError.isInstance(e)`
 * holds even where two copies of this package are installed.
 */
const marker = (name: string): symbol => Symbol.for(`elman.error.${name}`);

function hasMarker(error: unknown, name: string): boolean {
  return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[marker(name)] === true;
}

/** What every error of this library is. */
export class ElmanError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    for (let type = new.target; type.prototype instanceof Error; type = Object.getPrototypeOf(type)) {
      Object.defineProperty(this, marker(type.name), { value: true });
    }
  }

  /** Whether `error` is of this class or of one below it, from whichever copy of the package. */
  static isInstance<T extends ElmanError>(
    this: { readonly prototype: T; readonly name: string },
    error: unknown,
  ): error is T {
    return hasMarker(error, this.name);
  }
}

/** A tensor's shape or dtype is not what the contract says. */
export class ShapeError extends ElmanError {}
/** An option, argument or setting cannot be used as given. */
export class OptionError extends ElmanError {}
/** Text or data that cannot be used: missing, empty, too short, of the wrong kind. */
export class DataError extends ElmanError {}
/** A checkpoint or model file that is missing, damaged or belongs to something else. */
export class CheckpointError extends ElmanError {}
/** No backend, or not the one that was asked for, could be made ready. */
export class BackendError extends ElmanError {}
/** Numbers have run away: a loss or parameter is NaN, infinite or absurdly large. */
export class DivergenceError extends ElmanError {}
