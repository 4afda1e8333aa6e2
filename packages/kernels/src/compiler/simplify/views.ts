import type { Node } from '../graph.ts';
import { isSameShape, sizeOf } from '../shapes.ts';
import type { Rule } from './build.ts';

/** Ops that change a shape, or nothing, as reshapes, slices, broadcasts and concatenations. */
export const view: Rule = (of, build) => {
  const [a] = of.inputs as [Node];
  switch (of.op) {
    case 'Identity':
      return a;
    case 'ExpandDims':
    case 'Squeeze':
      return build.reshape(a, of.shape);
    case 'Reshape':
      if (isSameShape(a.shape, of.shape)) return a;
      if (a.op === 'Reshape') return build.reshape(a.inputs[0] as Node, of.shape);
      if (a.op === 'Const') return build.make({ ...a, shape: of.shape, perRow: of.perRow });
      return of;
    case 'BroadcastTo':
      if (isSameShape(a.shape, of.shape)) return a;
      if (a.op === 'BroadcastTo') return build.broadcast(a.inputs[0] as Node, of.shape);
      return of;
    case 'Tile':
      return of.perRow && a.shape.every((size, i) => size === 1 || size === of.shape[i])
        ? build.broadcast(a, of.shape)
        : of;
    case 'Transpose':
      return movesOnlyOnes(of) ? build.reshape(a, of.shape) : of;
    case 'SplitV':
    case 'Unpack':
      return build.reshape(piece(of, build.make), of.shape);
    case 'Pack': {
      const axis = of.attrs.axis as number;
      const parts = of.inputs.map((x) => build.reshape(x, x.shape.toSpliced(axis, 0, 1)));
      return axis === 0 || !of.perRow ? of : build.concat(parts, axis);
    }
    case 'Concat':
      return of.inputs.length === 1 ? a : of;
    default:
      return of;
  }
};

/** Whether a transposition leaves the order of numbers as it is. */
function movesOnlyOnes({ attrs, inputs: [x] }: Node): boolean {
  const { shape } = x as Node;
  const moved = (attrs.perm as number[]).filter((axis) => shape[axis] !== 1);
  return moved.every((axis, i) => i === 0 || (moved[i - 1] as number) < axis);
}

/** One of the pieces that an op with several results cuts its input into. */
function piece(of: Node, make: (of: Omit<Node, 'id'>) => Node): Node {
  const [x] = of.inputs as [Node];
  const given = of.attrs.axis as number;
  const axis = given < 0 ? given + x.shape.length : given;
  const out = of.out ?? 0;
  const begin = x.shape.map(() => 0);
  const size = [...x.shape];
  if (of.op === 'Unpack') {
    begin[axis] = out;
    size[axis] = 1;
  } else {
    const parts = of.attrs.numOrSizeSplits as number | number[];
    const sizes = Array.isArray(parts) ? parts : Array<number>(parts).fill((x.shape[axis] as number) / parts);
    begin[axis] = sizes.slice(0, out).reduce((sum, n) => sum + n, 0);
    size[axis] = of.shape[axis] as number;
  }
  const perRow = x.perRow && size[0] === x.shape[0];
  const { dtype, line } = of;
  return make({ op: 'Slice', inputs: [x], names: ['x'], attrs: { begin, size }, shape: size, dtype, perRow, line });
}

/** Slices and concatenations of values of three axes and more, where they are those of rows [rows, numbers]. */
export const flattenView: Rule = (of, build) => {
  if (!of.perRow || of.shape.length === 2) return of;
  const flat = [of.shape[0] as number, sizeOf(of.shape.slice(1))];
  if (of.op === 'BroadcastTo') {
    const [x] = of.inputs as [Node];
    const numbers = x.perRow ? sizeOf(x.shape.slice(1)) : sizeOf(x.shape);
    if (numbers !== 1) {
      if (x.perRow || numbers !== flat[1]) return of;
      return build.reshape(build.broadcast(build.reshape(x, [numbers]), flat), of.shape);
    }
    const one = x.perRow ? build.reshape(x, [flat[0] as number, 1]) : build.reshape(x, []);
    return build.reshape(build.broadcast(one, flat), of.shape);
  }
  if (of.op === 'Concat' && sizeOf(of.shape.slice(1, of.attrs.axis as number)) === 1) {
    const parts = of.inputs.map((x) => build.reshape(x, [flat[0] as number, sizeOf(x.shape.slice(1))]));
    return build.reshape(build.concat(parts, 1), of.shape);
  }
  if (of.op === 'Slice') {
    const [x] = of.inputs as [Node];
    const cut = x.shape.findIndex((size, i) => size !== of.shape[i]);
    if (cut < 1 || sizeOf(x.shape.slice(1, cut)) !== 1 || !isSameShape(x.shape.slice(cut + 1), of.shape.slice(cut + 1)))
      return of;
    const begin = ((of.attrs.begin as number[])[cut] as number) * sizeOf(x.shape.slice(cut + 1));
    const whole = build.reshape(x, [flat[0] as number, sizeOf(x.shape.slice(1))]);
    return build.reshape(build.columns(whole, begin, flat[1] as number), of.shape);
  }
  return of;
};
