import { ElmanError, Rng } from '@elman/core';
import { memory } from '@tensorflow/tfjs-core';
import { mutateBytes } from './bytes.ts';
import { mutateJson } from './json.ts';

/** A kind of file, and how it is read. */
export interface Kind {
  readonly name: string;
  /** Valid files. */
  readonly examples: readonly Uint8Array[];
  /** What an error must contain, if the reader knows the name of the file. */
  readonly where?: RegExp | undefined;
  /** Reads a file, uses what it read, and disposes of it. Throws an `Unusable` where what was read is no such thing. */
  read(bytes: Uint8Array): unknown;
  /** The JSON within a file and the file with other JSON in it, its checksum made right; undefined: it has none. */
  readonly json?: { from(bytes: Uint8Array): string; into(bytes: Uint8Array, json: string): Uint8Array } | undefined;
}

/** A file that was read although it is no such file. */
export class Unusable extends Error {}

/** A case that failed. */
export type Failure = { readonly kind: string; readonly case: number; readonly problem: string };

/** How often each came out. */
export type Counts = { read: number; refused: number };

/** Milliseconds for one case, on a machine that does other things too: most take one or two. */
const LONGEST_TIME = 5000;
const LONGEST_MESSAGE = 400;
/** Bytes that a case may take on top of what the process has. */
const MOST_MEMORY = 400 * 2 ** 20;

/** The file of a case. It is a function of seed, kind and number. */
export function caseOf({ name, examples, json }: Kind, seed: number, number: number): Uint8Array {
  const rng = Rng.seeded(seed).fork(name).fork(number);
  const example = examples[rng.integer(examples.length)] as Uint8Array;
  if (json === undefined || rng.integer(4) === 0) return mutateBytes(example, rng);
  const mutated = mutateJson(json.from(example), rng);
  const bytes =
    rng.integer(8) === 0 ? new TextDecoder().decode(mutateBytes(new TextEncoder().encode(mutated), rng)) : mutated;
  return json.into(example, bytes);
}

/**
 * Reads a mutated file: it must be read as something valid, or refused by an ElmanError of one line of at most 400
 * characters, within 5 seconds and 400 MB, and with no tensor left.
 */
export async function checkCase(
  kind: Kind,
  seed: number,
  number: number,
  counts: Counts,
): Promise<Failure | undefined> {
  const bytes = caseOf(kind, seed, number);
  const { numTensors } = memory();
  const before = memoryNow();
  const start = performance.now();
  let problem: string | undefined;
  try {
    await kind.read(bytes);
    counts.read++;
  } catch (error) {
    counts.refused++;
    problem = flawOf(error, kind);
  }
  const time = performance.now() - start;
  const left = memory().numTensors - numTensors;
  if (time > LONGEST_TIME) problem ??= `took ${Math.round(time)} ms`;
  const now = memoryNow();
  const taken = Math.max(now.peak - before.peak, now.used - before.used);
  if (taken > MOST_MEMORY) problem ??= `took ${Math.round(taken / 2 ** 20)} MB`;
  if (left !== 0) problem ??= `left ${left} tensors`;
  return problem === undefined ? undefined : { kind: kind.name, case: number, problem };
}

/** Bytes: the most that the process has had resident, and what the engine holds now. */
function memoryNow(): { readonly peak: number; readonly used: number } {
  const { heapUsed, external } = process.memoryUsage();
  return { peak: 1024 * process.resourceUsage().maxRSS, used: heapUsed + external };
}

function flawOf(error: unknown, { where }: Kind): string | undefined {
  const { name, message, stack } = error as Error;
  if (!ElmanError.isInstance(error)) return `${name}: ${stack?.slice(0, 1500) ?? message}`;
  if (message.length > LONGEST_MESSAGE || /[\p{Cc}\p{Cs}]/u.test(message))
    return `not one short line: ${JSON.stringify(message)}`;
  if (where !== undefined && !where.test(message)) return `does not name the file: ${message}`;
  return undefined;
}
