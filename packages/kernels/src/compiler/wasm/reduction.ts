import type { Node } from '../graph.ts';
import { type Local, simd, V128 } from './code.ts';
import type { Vectors } from './functions.ts';
import { LANES, type RowValues } from './row-values.ts';

/** A sum or maximum over columns, while they are computed. */
export type Reduction = {
  /** Before the first column. */
  begin(): void;
  /** Takes in vectors, which are the `first` and following ones of a turn; of the last so many lanes. */
  take(vectors: Vectors, first: number, lastLanes: number): void;
  /** The result, in all lanes. */
  end(): Local;
};

/** Whether a reduction is a maximum, not a sum. */
const isMaximum = ({ op }: Node): boolean => op === 'Max' || op === 'RowMax';

/** What a reduction starts from. */
export const startOf = (of: Node, { vector }: RowValues): Local =>
  vector.constant(isMaximum(of) ? Number.NEGATIVE_INFINITY : 0)[0] as Local;

/** The instruction that joins two parts of a reduction. */
export const joinOf = (of: Node): number => (isMaximum(of) ? simd.maximum : simd.add);

/** A reduction of columns, `atOnce` vectors of which are computed side by side. */
export function makeReduction(of: Node, atOnce: number, values: RowValues): Reduction {
  const { code } = values.vector;
  const parts = Array.from({ length: atOnce }, () => code.local(V128));
  const [result, ...others] = parts as [Local, ...Local[]];
  return {
    begin() {
      for (const part of parts) code.get(startOf(of, values)).set(part);
    },
    take(vectors, first, lastLanes) {
      for (const [at, local] of vectors.entries()) {
        const part = parts[first + at] as Local;
        code.get(part).get(local);
        if (at === vectors.length - 1 && lastLanes < LANES) {
          // Lanes beyond the row are left out.
          if (isMaximum(of)) code.get(startOf(of, values)).get(values.firstLanes(lastLanes)).simd(simd.bitselect);
          else code.get(values.firstLanes(lastLanes)).simd(simd.and);
        }
        code.simd(joinOf(of)).set(part);
      }
    },
    end() {
      for (const other of others) code.get(result).get(other).simd(joinOf(of)).set(result);
      for (const swapped of [
        [2, 3, 0, 1],
        [1, 0, 3, 2],
      ]) {
        const bytes = swapped.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));
        code
          .get(result)
          .get(result)
          .get(result)
          .simd(simd.shuffle, ...bytes)
          .simd(joinOf(of))
          .set(result);
      }
      return result;
    },
  };
}
