import type { Node } from '../graph.ts';
import { isSameShape } from '../shapes.ts';
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
