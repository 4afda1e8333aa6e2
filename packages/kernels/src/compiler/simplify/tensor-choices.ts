import { type Node, TRACED_BATCH } from '../graph.ts';
import { alongAxis } from './along-axis.ts';
import { type Builder, constant } from './build.ts';
import { rowView } from './row-views.ts';

const count = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i);

/** The index of the first smallest or largest number along an axis. */
export function argument(of: Node, x: Node, size: readonly [number, number, number], build: Builder): Node {
  const [before, n, after] = size;
  if (n === 1) return build.broadcast(build.scalar(0), [TRACED_BATCH, before * after]);
  const signed = of.op === 'ArgMin' ? build.unary('Neg', x) : x;
  const back = (value: Node, strides: number[]): Node =>
    value.perRow && value.shape[1] === 1 ? value : rowView(value, { sizes: [...size], strides, offset: 0 }, build);
  const isTop = build.binary('Equal', signed, back(alongAxis('Max', signed, size, build), [after, 0, 1]));
  // The largest of −i among them.
  const indices = back(
    constant(
      build.make,
      count(n).map((i) => -i),
      [n],
    ),
    [0, 1, 0],
  );
  const others = build.binary('Multiply', build.binary('Sub', build.scalar(1), isTop), build.scalar(n));
  return build.unary('Neg', alongAxis('Max', build.binary('Sub', indices, others), [before, n, after], build));
}

/** 1 at each index, else 0, or other values, along a new last axis. */
export function oneHot(of: Node, index: Node, build: Builder): Node {
  const { depth, onValue, offValue } = of.attrs as { depth: number; onValue: number; offValue: number };
  const before = index.shape[1] as number;
  const sizes = [before, depth];
  const positions = rowView(constant(build.make, count(depth), [depth]), { sizes, strides: [0, 1], offset: 0 }, build);
  const isOn = build.binary(
    'Equal',
    before === 1 ? index : rowView(index, { sizes, strides: [1, 0], offset: 0 }, build),
    positions,
  );
  if (onValue === 1 && offValue === 0) return isOn;
  return build.binary('Add', build.binary('Multiply', isOn, build.scalar(onValue - offValue)), build.scalar(offValue));
}
