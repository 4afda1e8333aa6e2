import { CheckpointError, type DataError, type OptionError } from './errors.ts';
import { reasonOf } from './recipe/quoted.ts';

/** Levels of lists and objects in a file, by default. */
const DEEPEST = 500;

/** Options of `parseJson`. */
export type ParseJsonOptions = {
  /** The file, for errors. */
  readonly where: string;
  /** What to do if it is not JSON. */
  readonly advice: string;
  /** The most levels of lists and objects in one another; by default 500. */
  readonly deepest?: number | undefined;
  /** By default `CheckpointError`. */
  readonly Type?: typeof CheckpointError | typeof DataError | typeof OptionError | undefined;
};

/**
 * The JSON in a file. Nested so deeply that functions over it would run out of stack, it is refused before it is parsed.
 *
 * @param from its bytes, UTF-8, or its text.
 * @throws {CheckpointError} `runs/a/run.json: not JSON (…); begin anew with --overwrite.`
 */
export function parseJson(
  from: Uint8Array | string,
  { where, advice, deepest = DEEPEST, Type = CheckpointError }: ParseJsonOptions,
): unknown {
  let text: string;
  try {
    text = typeof from === 'string' ? from : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(from);
    if (!isDeeper(text, deepest)) return JSON.parse(text);
  } catch (error) {
    throw new Type(`${where}: not JSON (${reasonOf(error)}); ${advice}.`, { cause: error });
  }
  throw new Type(`${where}: expected at most ${deepest} levels of lists and objects, got more; ${advice}.`);
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
/** By character code: of brackets and braces, what they add to the depth. */
const STEPS: ReadonlyMap<number, number> = new Map([
  [0x5b, 1],
  [0x7b, 1],
  [0x5d, -1],
  [0x7d, -1],
]);

/**
 * Whether lists and objects in a text, which need not be JSON, are in one another more than so often. One look at each
 * character: a regular expression for texts in quotes takes quadratic time, and stack, for some.
 */
function isDeeper(text: string, most: number): boolean {
  let depth = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) isQuoted = !isQuoted;
    else if (isQuoted) i += code === BACKSLASH ? 1 : 0;
    else depth += STEPS.get(code) ?? 0;
    if (depth > most) return true;
  }
  return false;
}
