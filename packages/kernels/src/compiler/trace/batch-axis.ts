import type { BatchAxis, Node } from '../graph.ts';

/** Why a value has no batch that a graph can state. */
export class Mixed extends Error {}

/** Rows of the two traces. */
export type Rows = readonly [few: number, many: number];

/** An input of a node, and where its batch lies, if it has one. */
export type Placed = { readonly node: Node; readonly batch: BatchAxis | undefined };

/** The axis of the batch, and how many numbers of a row are merged with it. */
export type Found = { readonly axis: number; readonly count: number };

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);

/** The axis whose size differs between two traces. @throws {Mixed} if it is not a multiple of the rows, or there are two. */
export function batchAxisOf(few: readonly number[], many: readonly number[], rows: Rows): Found | undefined {
  const differing = few.flatMap((size, axis) => (size === many[axis] ? [] : [axis]));
  const [axis, other] = differing;
  if (axis === undefined) return undefined;
  if (other !== undefined) throw new Mixed('two of its axes are the batch, so rows influence each other');
  const count = (few[axis] as number) / rows[0];
  if (!Number.isInteger(count) || count !== (many[axis] as number) / rows[1]) {
    throw new Mixed(`its axis ${axis} depends on the batch size and is no multiple of it`);
  }
  return { axis, count };
}

/** Where the batch of a result lies, given where it lies in the inputs. @throws {Mixed} if rows are mixed. */
export function placeBatch(node: Node, { axis, count }: Found, inputs: readonly Placed[], [few]: Rows): BatchAxis {
  const first = inputs[0];
  const own = first?.batch;
  if (node.op === 'Reshape' && own !== undefined) return viewed((first as Placed).node, own, node, { axis, count });
  if (node.op === 'Concat' && node.attrs.axis === axis) return joined(axis, inputs);
  if (own?.axis === axis) {
    if (node.op === 'Slice') return sliced(node, own, count, few);
    if (node.op === 'Tile') return { ...own, before: count / own.after };
    if (mixesAlong(node, axis)) throw new Mixed('it runs along the batch, so rows influence each other');
  }
  if (count === 1) return { axis, before: 1, after: 1 };
  const merged = inputs.flatMap(({ node: from, batch }) =>
    from.op !== 'Const' && batch !== undefined && batch.before * batch.after === count ? [batch] : [],
  );
  const [found = { before: 1, after: count }, ...others] = merged;
  if (others.some(({ before }) => before !== found.before))
    throw new Mixed('the rows of its inputs are interleaved differently');
  return { axis, before: found.before, after: found.after };
}

/** In row-major order, a view has as many numbers before the batch and after it as what it views. */
function viewed(
  from: Node,
  { axis: at, before, after }: BatchAxis,
  { shape }: Node,
  { axis, count }: Found,
): BatchAxis {
  const ahead = (before * product(from.shape.slice(0, at))) / product(shape.slice(0, axis));
  const behind = (after * product(from.shape.slice(at + 1))) / product(shape.slice(axis + 1));
  if (!Number.isInteger(ahead) || !Number.isInteger(behind) || ahead * behind !== count)
    throw new Mixed('its shape cuts rows in pieces');
  return { axis, before: ahead, after: behind };
}

function joined(axis: number, inputs: readonly Placed[]): BatchAxis {
  const batches = inputs.map(({ batch }) => batch);
  const after = batches[0]?.after as number;
  const before = batches.reduce((sum, batch) => sum + (batch?.before ?? 0), 0);
  if (batches.some((batch) => batch?.axis !== axis || batch.after !== after)) {
    throw new Mixed('it joins rows that are interleaved differently');
  }
  return { axis, before, after };
}

function sliced({ attrs }: Node, own: BatchAxis, count: number, few: number): BatchAxis {
  const { axis, before, after } = own;
  if (count === before * after) return own;
  const from = (attrs.begin as readonly number[])[axis] as number;
  if (from % (few * after) !== 0 || count % after !== 0) throw new Mixed('it takes some rows of a batch');
  return { axis, before: count / after, after };
}

/** Ops along an axis, and its attribute. */
const ALONG: { readonly [op: string]: string } = {
  Cumsum: 'axis',
  Cumprod: 'axis',
  GatherV2: 'axis',
  LogSoftmax: 'axis',
  Softmax: 'dim',
};

function mixesAlong({ op, attrs, shape }: Node, axis: number): boolean {
  if (op === 'TopK') return axis === shape.length - 1;
  if (op === 'Reverse') return (attrs.dims as readonly number[]).includes(axis);
  if (op === 'UnsortedSegmentSum') return axis === 0;
  return attrs[ALONG[op] ?? ''] === axis;
}
