import type { Tree } from '@elman/core';
import { decodeRows } from './decode.ts';
import type { DecodingOptions } from './options.ts';

/** Options of `generate`. */
export interface GenerateOptions<S extends Tree> extends DecodingOptions<S> {
  /** One prompt per row; lengths may differ. */
  readonly prompts: readonly ArrayLike<number>[];
}

/**
 * The new tokens of every row, decoded as one batch. Each row equals `sample({ prompt, row })` for it alone: rows
 * have their own random streams, and shorter prompts need no padding.
 *
 * @throws {OptionError} {DivergenceError} as `sample` does, as a rejection.
 */
export async function generate<S extends Tree>(options: GenerateOptions<S>): Promise<number[][]> {
  const generated: number[][] = options.prompts.map(() => []);
  for await (const { row, token } of decodeRows(options.prompts, options)) generated[row]?.push(token);
  return generated;
}
