import type { Buffer, Place, Section } from '../plan/plan.ts';
import type { Code, Local } from './code.ts';

/** The parameters of the function of a step of rows. */
export const rowsParameters = {
  /** Address of the table: see layout.ts. */
  table: 0,
  /** Its part, from 0. */
  part: 1,
  /** The first row among those of all frames. */
  first: 2,
  /** The same in local buffers. */
  local: 3,
  /** The same in the batch; of totals of blocks the block. */
  batch: 4,
  /** Rows from the start of a carry to what comes in, and to what goes out. */
  carryIn: 5,
  carryOut: 6,
  /** How many rows. */
  count: 7,
} as const;
export const ROWS_PARAMETERS = 8;

/** Words of the table before the addresses of buffers. */
export const TABLE = { time: 0, batch: 1, reverse: 2, buffers: 4 } as const;

/** Whether a buffer has the same row for all rows of a call. */
export function isFixed({ kind }: Buffer, section: Section): boolean {
  return kind === 'shared' || kind === 'scratch' || (kind === 'totals' && section.kind === 'all');
}

/** Pushes the address of the first row of a place. */
export function pushAddress(code: Code, place: Place): void {
  const { table } = rowsParameters;
  code.get(table).load32(4 * (TABLE.buffers + place.buffer.id));
  pushRow(code, place, rowsParameters);
  code
    .i32(4 * place.buffer.stride)
    .multiply()
    .add();
}

/** The locals that hold the first row of each kind of buffer. */
export type RowLocals = { readonly [name in keyof typeof rowsParameters]: Local };

/** Pushes the number of the first row of a place. */
export function pushRow(code: Code, { buffer, side, isOut }: Place, rows: Omit<RowLocals, 'count'>): void {
  const { table, part, first, local, batch, carryIn, carryOut } = rows;
  switch (buffer.kind) {
    case 'frames':
      code.get(first);
      return;
    case 'states': {
      // Before frame t is at t, or at t + 1 if reversed; after it the other way round.
      code
        .get(first)
        .get(table)
        .load32(4 * TABLE.reverse);
      if (side === 'after') code.i32(1).op(0x73);
      code
        .get(table)
        .load32(4 * TABLE.batch)
        .multiply()
        .add();
      return;
    }
    case 'carry':
      code.get(isOut ? carryOut : carryIn);
      return;
    case 'constant':
    case 'totals':
      code.get(batch);
      return;
    case 'local':
      code.get(local);
      return;
    case 'scratch':
      code.get(part);
      return;
    default:
      code.i32(0);
  }
}
