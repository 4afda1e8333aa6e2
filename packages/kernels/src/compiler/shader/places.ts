import type { Thing } from './run.ts';

/** What the rows of a tensor are: a row of a frame (b·time + t), a row of the batch, a frame, or one row that all share. */
export type Rows = 'frames' | 'batch' | 'time' | 'shared';

/** Where a draw reads a value per row. */
export type Place =
  /** Columns of a tensor, from `column` on. */
  | { readonly kind: 'tensor'; readonly of: Thing; readonly rows: Rows; readonly column: number }
  /** A channel of quads [time·batch, columns]. */
  | { readonly kind: 'quads'; readonly of: Thing; readonly column: number; readonly channel: number }
  /** Values of one width side by side, each a channel of quads [time·batch, width] from `column` on. */
  | {
      readonly kind: 'channels';
      readonly of: Thing;
      readonly column: number;
      readonly width: number;
      readonly channels: readonly number[];
    }
  /** A value of a loop over frames, after the loop. */
  | {
      readonly kind: 'blocks';
      readonly of: Thing;
      readonly slot: Slot;
      readonly packing: Packing;
      /** The blocks before those of its frames: `perFrame`·time + `more`. */
      readonly offset: { readonly perFrame: number; readonly more: number };
      /** Of the frame, of the one that was run before it, or of the one after it; blocks at the ends are those of the start. */
      readonly when: 'at' | 'before' | 'after';
    }
  /** A value of a loop over frames, in the loop: in a block that the draw reads under this name. */
  | { readonly kind: 'current'; readonly name: string; readonly slot: Slot };

/** Columns of a block from `column` on, and which of the values that a quad has of each row. */
export type Slot = { readonly column: number; readonly value: number };

/** How the four numbers of a quad are used in the blocks of a loop: so many rows of the batch, so many values of each. */
export type Packing = { readonly rows: 1 | 2 | 4; readonly values: 1 | 2 | 4 };

/** The packing for up to so many values of a row. */
export function packingFor(values: number): Packing {
  if (values <= 1) return { rows: 4, values: 1 };
  return values === 2 ? { rows: 2, values: 2 } : { rows: 1, values: 4 };
}
