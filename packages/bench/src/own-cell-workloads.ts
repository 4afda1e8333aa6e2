import type { Options } from './options.ts';

/** Cells of one's own, and for reference the two that `@elman/cells` has built in. */
export const CELLS = {
  'layer-norm-lstm': 'layer-norm LSTM',
  'multiplicative-lstm': 'multiplicative-integration LSTM',
  'reset-before-gru': 'GRU, reset before the product',
  'residual-stack': '3-layer residual stack of LSTMs',
  ntm: 'NTM, 64 slots of 16, LSTM controller',
  lstm: 'LSTM',
  gru: 'GRU',
} as const;
export type CellName = keyof typeof CELLS;
/** Those that are measured beside the cell of `@elman/cells` with the same equations and parameters. */
export const BUILT_IN_CELLS: readonly ['lstm', 'gru'] = ['lstm', 'gru'];

/** A cell and the sizes of a sequence; inputs are as wide as the state. */
export interface OwnCell {
  readonly name: string;
  readonly cell: CellName;
  readonly hiddenSize: number;
  readonly batch: number;
  readonly time: number;
}

const SIZES: readonly string[] = ['128/50/50', '16/32/100', '64/32/200', '128/1/50'];
const QUICK_SIZES: readonly string[] = ['16/4/5', '32/1/5'];

/** The cells and sizes of a run. Throws a RangeError for a cell or size that it does not understand. */
export function chosenCells({ only, sizes, quick }: Pick<Options, 'only' | 'sizes' | 'quick'>): OwnCell[] {
  const known = Object.keys(CELLS) as CellName[];
  for (const name of only) {
    if (!Object.hasOwn(CELLS, name)) {
      throw new RangeError(`--only: expected some of ${known.join(', ')}, got ${name}.`);
    }
  }
  const wanted = (sizes.length > 0 ? sizes : quick ? QUICK_SIZES : SIZES).map(parseSize);
  return known
    .filter((cell) => only.length === 0 || only.includes(cell))
    .flatMap((cell) => wanted.map((size) => ({ name: `${CELLS[cell]}, ${describe(size)}`, cell, ...size })));
}

type Size = Pick<OwnCell, 'hiddenSize' | 'batch' | 'time'>;

function parseSize(text: string): Size {
  const found = /^([1-9]\d*)\/([1-9]\d*)\/([1-9]\d*)$/.exec(text);
  if (found === null)
    throw new RangeError(`--sizes: expected hidden size/batch/frames such as ${SIZES[0]}, got ${text}.`);
  const [, hiddenSize, batch, time] = found.map(Number) as [number, number, number, number];
  return { hiddenSize, batch, time };
}

function describe({ hiddenSize, batch, time }: Size): string {
  return `H ${hiddenSize}, B ${batch}, T ${time}`;
}
