import { type Attributes, type Node, node, TRACED_BATCH, type Values } from '../graph.ts';
import { broadcastShapes, isSameShape } from '../shapes.ts';

/** What a rewriting rule may make: nodes that are simplified and, if an equal one exists, shared. */
export type Builder = {
  /** An op. */
  make(of: Omit<Node, 'id'>): Node;
  unary(op: string, x: Node, attrs?: Attributes): Node;
  /** Of two values that broadcast. */
  binary(op: string, a: Node, b: Node): Node;
  scalar(value: number): Node;
  reshape(x: Node, shape: readonly number[]): Node;
  broadcast(x: Node, shape: readonly number[]): Node;
  /** Sums over one axis, which stays with size 1. */
  sum(x: Node, axis: number): Node;
  /** `size` columns from `begin` on. */
  columns(x: Node, begin: number, size: number): Node;
  /** Values side by side along an axis. */
  concat(parts: readonly Node[], axis: number): Node;
  matMul(a: Node, b: Node, transposeA: boolean, transposeB: boolean): Node;
};

/** A rule: a simpler node with the same value, or the node itself. */
export type Rule = (of: Node, build: Builder) => Node;

/** Ops whose result does not depend on the order of their inputs. */
const COMMUTATIVE: ReadonlySet<string> = new Set(['Add', 'Multiply', 'Maximum', 'Minimum', 'Equal', 'NotEqual']);
/** Constants of more numbers than these are compared by identity. */
const FEW = 64;

/** A builder that applies these rules to whatever it makes, until none changes it. */
export function makeBuilder(rules: readonly Rule[]): Builder {
  const shared = new Map<string, Node>();
  /** The line of what is being simplified: what rules make of it has the same one. */
  let line: string | undefined;
  const unique = (of: Omit<Node, 'id'>): Node => {
    const key = keyOf(of);
    const known = shared.get(key);
    if (known !== undefined) return known;
    const made = node({ ...of, line: of.line ?? line });
    shared.set(key, made);
    return made;
  };
  const simpler = new Map<Node, Node>();
  const make: Builder['make'] = (given) => {
    const made = unique(ordered(given));
    const known = simpler.get(made);
    if (known !== undefined) return known;
    let best = made;
    const outer = line;
    line = made.line;
    for (const rule of rules) {
      const other = rule(made, build);
      if (other === made) continue;
      best = other;
      break;
    }
    line = outer;
    simpler.set(made, best);
    return best;
  };
  const build: Builder = {
    make,
    unary: (op, x, attrs = {}) => make({ op, inputs: [x], names: ['x'], attrs, ...like(x) }),
    binary(op, a, b) {
      const shape = broadcastShapes(a.shape, b.shape);
      const perRow = [a, b].some((x) => x.perRow && x.shape.length === shape.length);
      return make({ op, inputs: [a, b], names: ['a', 'b'], attrs: {}, shape, dtype: 'float32', perRow });
    },
    scalar: (value) => constant(make, Float32Array.of(value), []),
    reshape: (x, shape) =>
      isSameShape(x.shape, shape)
        ? x
        : make({
            op: 'Reshape',
            inputs: [x],
            names: ['x'],
            attrs: { shape },
            shape,
            dtype: x.dtype,
            ...rowsOf(x, shape),
          }),
    broadcast(x, shape) {
      if (isSameShape(x.shape, shape)) return x;
      return make({
        op: 'BroadcastTo',
        inputs: [x],
        names: ['x'],
        attrs: { shape },
        shape,
        dtype: x.dtype,
        perRow: true,
      });
    },
    sum(x, axis) {
      const shape = x.shape.map((size, i) => (i === axis ? 1 : size));
      const attrs = { axis: [axis], keepDims: true };
      return make({ op: 'Sum', inputs: [x], names: ['x'], attrs, shape, dtype: x.dtype, perRow: x.perRow && axis > 0 });
    },
    columns(x, from, size) {
      const last = x.shape.length - 1;
      if (from === 0 && size === x.shape[last]) return x;
      const shape = x.shape.map((of, i) => (i === last ? size : of));
      const begin = x.shape.map((_, i) => (i === last ? from : 0));
      return make({ ...like(x), op: 'Slice', inputs: [x], names: ['x'], attrs: { begin, size: shape }, shape });
    },
    concat(parts, axis) {
      const [first] = parts as [Node];
      if (parts.length === 1) return first;
      const total = parts.reduce((sum, part) => sum + (part.shape[axis] as number), 0);
      const shape = first.shape.map((size, i) => (i === axis ? total : size));
      const perRow = parts.some((part) => part.perRow) && axis > 0;
      return make({ op: 'Concat', inputs: parts, attrs: { axis }, shape, dtype: first.dtype, perRow });
    },
    matMul(a, b, transposeA, transposeB) {
      const shape = [a.shape[transposeA ? 1 : 0] as number, b.shape[transposeB ? 0 : 1] as number];
      const perRow = a.perRow && !transposeA;
      const attrs = { transposeA, transposeB };
      return make({ op: 'BatchMatMul', inputs: [a, b], names: ['a', 'b'], attrs, shape, dtype: 'float32', perRow });
    },
  };
  return build;
}

/** Of ops whose order does not matter, a constant comes last. */
function ordered(of: Omit<Node, 'id'>): Omit<Node, 'id'> {
  const [a, b] = of.inputs;
  if (!COMMUTATIVE.has(of.op) || a?.op !== 'Const' || b?.op === 'Const') return of;
  return { ...of, inputs: [b as Node, a] };
}

const like = ({ shape, dtype, perRow }: Node): Pick<Node, 'shape' | 'dtype' | 'perRow'> => ({ shape, dtype, perRow });

/** Where the batch is in a view of rows. */
function rowsOf(x: Node, shape: readonly number[]): Pick<Node, 'perRow' | 'batch'> {
  if (!x.perRow && (x.batch === undefined || x.batch.axis > 0 || x.batch.before > 1)) return { perRow: false };
  if (shape[0] === TRACED_BATCH) return { perRow: true };
  return { perRow: false, batch: { axis: 0, before: 1, after: (shape[0] as number) / TRACED_BATCH } };
}

export function constant(make: Builder['make'], values: Values, shape: readonly number[]): Node {
  return make({ op: 'Const', inputs: [], attrs: {}, shape, dtype: 'float32', perRow: false, values });
}

/** The value of all numbers of a constant, if they are equal. */
export function uniformValue(of: Node): number | undefined {
  const { values } = of;
  if (values === undefined || values.length === 0) return undefined;
  const [first] = values as unknown as [number];
  return values.every((value) => Object.is(value, first)) ? first : undefined;
}

/** Two nodes with this in common have the same value. */
function keyOf({ op, inputs, attrs, shape, dtype, values, out, label, draws }: Omit<Node, 'id'>): string {
  if (op === 'Const') {
    const known = values as Values;
    const text =
      known.length <= FEW ? [...known].map((value) => (Object.is(value, -0) ? '-0' : value)).join() : idOf(known);
    return `Const ${dtype} ${shape} ${text}`;
  }
  if (op === 'Input' || op === 'Noise') return `${op} ${label} ${draws ? idOf(draws) : ''}`;
  const ids = inputs.map(({ id }) => id);
  if (COMMUTATIVE.has(op)) ids.sort((a, b) => a - b);
  const details = Object.keys(attrs).length === 0 ? '' : JSON.stringify(attrs);
  return `${op} ${out ?? ''} ${details} ${shape} ${dtype} ${ids}`;
}

const identities = new WeakMap<object, number>();
let objects = 0;

function idOf(of: object): string {
  let id = identities.get(of);
  if (id === undefined) {
    id = objects++;
    identities.set(of, id);
  }
  return `#${id}`;
}
