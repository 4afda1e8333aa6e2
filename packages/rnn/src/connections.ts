import { OptionError } from '@elman/core';
import { expectSome, type Part } from './chain.ts';

/** What a part reads: the output of the part `from`, or the input of the whole where it is −1, of `delay` frames ago. */
export type Connection = { readonly from: number; readonly delay: number };

/**
 * The inputSize of the whole, where the input is the first that part 0 reads.
 *
 * @throws {OptionError} unless there is a part and the inputSize of each is the sum of the sizes of what it reads.
 */
export function connectedInputSize(
  where: string,
  parts: readonly Part[],
  connections: readonly (readonly Connection[])[],
): number {
  expectSome(where, parts);
  const [first] = parts as readonly [Part];
  const sizeOf = ({ from }: Connection): number => (parts[from] as Part).outputSize;
  const total = (read: readonly Connection[]): number => read.reduce((sum, each) => sum + sizeOf(each), 0);
  const others = (connections[0] as readonly Connection[]).slice(1);
  const inputSize = first.inputSize - total(others);
  if (inputSize < 1) {
    const list = others.map((each) => `${sizeOf(each)} of ${described(each)}`).join(' and ');
    throw new OptionError(
      `${where}: part 0 (${first.name}): expected inputSize above ${total(others)}, for ${list} beside the input, got ${first.inputSize}.`,
    );
  }
  parts.forEach((part, i) => {
    const sizes = (connections[i] as readonly Connection[]).map(
      (each) => [each.from < 0 ? inputSize : sizeOf(each), described(each)] as const,
    );
    const wanted = sizes.reduce((sum, [size]) => sum + size, 0);
    if (part.inputSize === wanted) return;
    const list = sizes.map(([size, source]) => `${size} of ${source}`).join(' and ');
    throw new OptionError(
      `${where}: part ${i} (${part.name}): expected inputSize=${wanted}, for ${list}, got ${part.inputSize}.`,
    );
  });
  return inputSize;
}

function described({ from, delay }: Connection): string {
  if (from < 0) return 'the input';
  return delay === 0 ? `part ${from}` : `part ${from} at t−${delay}`;
}
