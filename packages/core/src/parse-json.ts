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

/** Whether lists and objects in a text, which need not be JSON, are in one another more than so often. */
function isDeeper(text: string, most: number): boolean {
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    if (depth > most) return true;
  }
  return false;
}
