import type { Tree } from '@elman/core';
import { decodeRows } from './decode.ts';
import type { DecodingOptions } from './options.ts';

/** What `generate` is told. */
export interface GenerateOptions<S extends Tree> extends DecodingOptions<S> {
  /** One prompt a row; lengths may differ. */
  readonly prompts: readonly ArrayLike<number>[];
}

/**
 * The new tokens of every row, decoded as one batch. Each row is what `sample({ prompt, row })` gives for it alone: rows
 * have random streams of their own, and shorter prompts need no padding.
 *
 * @throws {OptionError} {DivergenceError} as `sample` does, as a rejection.
 */
export async function generate<S extends Tree>(options: GenerateOptions<S>): Promise<number[][]> {
  const generated: number[][] = options.prompts.map(() => []);
  for await (const { row, token } of decodeRows(options.prompts, options)) generated[row]?.push(token);
  return generated;
}
