import { CheckpointError } from '@elman/core';

const LONGEST = 400;

/** Throws a CheckpointError of one line, whatever names a damaged file contains. */
export function refuse(where: string, what: string, options?: ErrorOptions): never {
  const line = `${where}: ${what}`.replace(/[\s\p{Cc}]+/gu, ' ');
  throw new CheckpointError(line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line, options);
}
