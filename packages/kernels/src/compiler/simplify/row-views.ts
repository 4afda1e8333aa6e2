import { type Node, TRACED_BATCH } from '../graph.ts';
import { sizeOf } from '../shapes.ts';
import type { Builder } from './build.ts';

/** A tensor of several axes that is read from the numbers of a row: index i is at offset + Σ iₐ·strideₐ. */
export type Strided = {
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
};

/** Whether each row of the batch has numbers of its own, in row-major order: the batch is axis 0, or merged with axes behind it. */
export const isRows = ({ perRow, batch }: Node): boolean => perRow || (batch?.axis === 0 && batch.before === 1);

/** The axes of a row. */
export function rowSizes({ shape, perRow, batch }: Node): number[] {
  return perRow ? shape.slice(1) : [batch?.after ?? 1, ...shape.slice(1)];
}

/** The same numbers as [batch, numbers of a row]. */
export function flat(x: Node, build: Builder): Node {
  return build.reshape(x, [TRACED_BATCH, sizeOf(x.shape) / TRACED_BATCH]);
}

/** Strides of row-major order; 0 for axes of size 1. */
export function stridesOf(sizes: readonly number[]): number[] {
  return sizes.map((size, i) => (size === 1 ? 0 : sizeOf(sizes.slice(i + 1))));
}

/**
 * `x` [batch, n] or a shared [n] in another order, or with repetitions, as [batch, numbers of the view]: a slice of columns or a
 * broadcast where it is one.
 */
export function rowView(x: Node, view: Strided, build: Builder): Node {
  const { sizes, strides, offset } = merged(view);
  const width = sizeOf(sizes);
  const shape = [TRACED_BATCH, width];
  const isWhole = strides.length === 1 && strides[0] === 1;
  const single = (): Node =>
    x.perRow ? build.columns(x, offset, 1) : x.shape.length === 0 ? x : build.columns(x, offset, 1);
  if (width === 1) return single();
  if (strides.every((stride) => stride === 0)) return build.broadcast(single(), shape);
  if (isWhole) return build.columns(x, offset, width);
  const [inner] = x.inputs as [Node | undefined];
  if (x.op === 'Slice' && x.perRow && inner !== undefined && inner.shape.length === 2) {
    return rowView(inner, { sizes, strides, offset: offset + ((x.attrs.begin as number[])[1] as number) }, build);
  }
  if (x.op === 'BroadcastTo' && x.perRow && inner !== undefined) {
    const numbers = inner.perRow ? sizeOf(inner.shape.slice(1)) : sizeOf(inner.shape);
    if (numbers === 1) return build.broadcast(inner, shape);
    if (numbers === x.shape[1]) return rowView(build.reshape(inner, [numbers]), { sizes, strides, offset }, build);
  }
  if (x.op === 'RowView' && inner !== undefined) {
    const both = composed(x.attrs as Strided, { sizes, strides, offset });
    if (both !== undefined) return rowView(inner, both, build);
  }
  return build.make({
    op: 'RowView',
    inputs: [x],
    attrs: { sizes, strides, offset },
    shape,
    dtype: x.dtype,
    perRow: true,
    line: x.line,
  });
}

/** Without axes of size 1, and with neighbours as one where they are. */
function merged({ sizes, strides, offset }: Strided): Strided {
  const to: { sizes: number[]; strides: number[] } = { sizes: [], strides: [] };
  sizes.forEach((size, i) => {
    const stride = strides[i] as number;
    if (size === 1) return;
    const last = to.sizes.length - 1;
    if (last >= 0 && to.strides[last] === size * stride) {
      to.sizes[last] = (to.sizes[last] as number) * size;
      to.strides[last] = stride;
    } else {
      to.sizes.push(size);
      to.strides.push(stride);
    }
  });
  return { ...to, offset };
}

/** Views of more numbers than this are not looked through. */
const LARGEST = 1 << 14;

/** A view of a view as one, if it is one. */
function composed(inner: Strided, outer: Strided): Strided | undefined {
  const width = sizeOf(outer.sizes);
  if (width > LARGEST) return undefined;
  const sizes = refined(outer.sizes, inner.sizes);
  const strides = sizes && stridesIn(outer, sizes);
  if (sizes === undefined || strides === undefined) return undefined;
  const at = (index: readonly number[]): number =>
    positionIn(inner, outer.offset + index.reduce((sum, i, axis) => sum + i * (strides[axis] as number), 0));
  const start = at(sizes.map(() => 0));
  const found = sizes.map((_, axis) => at(sizes.map((_, i) => (i === axis ? 1 : 0))) - start);
  const index = sizes.map(() => 0);
  for (let i = 0; i < width; i++) {
    let rest = i;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      index[axis] = rest % (sizes[axis] as number);
      rest = Math.floor(rest / (sizes[axis] as number));
    }
    const expected = index.reduce((sum, of, axis) => sum + of * (found[axis] as number), start);
    if (at(index) !== expected) return undefined;
  }
  return { sizes, strides: found, offset: start };
}

/** Where a view reads its number i. */
function positionIn({ sizes, strides, offset }: Strided, i: number): number {
  let rest = i;
  let at = offset;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    at += (rest % (sizes[axis] as number)) * (strides[axis] as number);
    rest = Math.floor(rest / (sizes[axis] as number));
  }
  return at;
}

/** Axes that both lists of axes are made of, by merging neighbours; undefined if there are none. */
export function refined(a: readonly number[], b: readonly number[]): number[] | undefined {
  const steps = new Set([1, ...suffixes(a), ...(sizeOf(b) === sizeOf(a) ? suffixes(b) : [])]);
  const ordered = [...steps].sort((p, q) => q - p);
  const sizes = ordered.slice(1).map((step, i) => (ordered[i] as number) / step);
  return sizes.every(Number.isInteger) ? sizes : undefined;
}

const suffixes = (sizes: readonly number[]): number[] => sizes.map((_, i) => sizeOf(sizes.slice(i)));

/** The strides of a view for finer axes. */
export function stridesIn({ sizes, strides }: Strided, finer: readonly number[]): number[] | undefined {
  const found: number[] = [];
  let axis = sizes.length - 1;
  let inside = 1;
  for (let i = finer.length - 1; i >= 0; i--) {
    if (axis < 0) return undefined;
    found.unshift((strides[axis] as number) * inside);
    inside *= finer[i] as number;
    if (inside > (sizes[axis] as number)) return undefined;
    if (inside === sizes[axis]) {
      axis--;
      inside = 1;
    }
  }
  return axis < 0 ? found : undefined;
}
