import type { Node } from '../graph.ts';
import { isImmediate, widthOf } from '../ops.ts';
import type { Buffer, Moment, Place, RowsStep, Section } from '../plan/plan.ts';
import { ROWS_PARAMETERS } from './addresses.ts';
import { type Code, I32, type Local, makeCode, V128 } from './code.ts';
import { elementwise, flushed, madd, negativeMadd, type VectorCode, type Vectors } from './functions.ts';

/** Numbers of a vector. */
export const LANES = 4;

/** What the code of a step depends on beside the step. */
export type RowsContext = {
  readonly section: Section;
  readonly step: RowsStep;
  readonly hasFma: boolean;
  /** How many others are computed from a value. */
  usersOf(of: Node): number;
  /** Whether what is stored there is flushed. */
  isFlushed(buffer: Buffer): boolean;
};

/** The columns that a pass computes side by side. */
export type Columns = {
  /** Which vectors of those of a turn of the loop: from the first on, so many. */
  readonly first: number;
  readonly count: number;
  /** What has been computed of them. */
  readonly known: Map<Node, Vectors>;
  /** The vectors of a view of a row. */
  readView?(view: Node): Vectors;
};

/** The values of a row: each is loaded, or computed where it is used first. */
export type RowValues = {
  readonly vector: VectorCode;
  /** A local with the bytes from the start of a row to the columns that are computed. */
  readonly column: Local;
  /** The addresses of the row in the buffers that are used. */
  readonly pointers: ReadonlyMap<string, { readonly local: Local; readonly place: Place }>;
  /** What runs once, before the first row. */
  readonly head: readonly (() => void)[];
  /** Goes to a level: what is stored at an earlier one can be loaded. */
  goTo(level: number): void;
  pointerTo(place: Place): Local;
  /** Where a value is loaded from; undefined: it is computed. */
  loadedFrom(of: Node): Place | undefined;
  /** A value of one number a row, in all lanes. */
  scalar(of: Node): Local;
  setScalar(of: Node, local: Local): void;
  /** The vectors of a value. */
  valuesOf(of: Node, columns: Columns): Vectors;
  /** Loads the vectors at a place. */
  load(place: Place, columns: Columns): Vectors;
  /** What is stored of vectors there: without subnormal numbers, where they would be computed with. */
  kept(buffer: Buffer, vectors: Vectors): Vectors;
  /** All bits of the first lanes. */
  firstLanes(lanes: number): Local;
};

export function makeRowValues({ section, step, hasFma, usersOf, isFlushed }: RowsContext): RowValues & {
  readonly code: Code;
} {
  const { places, storedAt } = section;
  const code = makeCode(ROWS_PARAMETERS);
  const head: (() => void)[] = [];
  const constants = new Map<string | number, Local>();
  const once = (key: string | number, push: () => void): Local => {
    const known = constants.get(key);
    if (known !== undefined) return known;
    const local = code.local(V128);
    constants.set(key, local);
    head.push(() => {
      push();
      code.set(local);
    });
    return local;
  };
  const vector: VectorCode = {
    code,
    hasFma,
    constant: (value) => [once(Object.is(value, -0) ? '-0' : value, () => code.float(value))],
    bits: (value) => [once(`bits ${value}`, () => code.bits(value))],
  };
  const column = code.local(I32);

  const pointers = new Map<string, { readonly local: Local; readonly place: Place }>();
  const pointerTo = (place: Place): Local => {
    const key = `${place.buffer.id} ${place.side} ${place.isOut}`;
    let known = pointers.get(key);
    if (known === undefined) {
      known = { local: code.local(I32), place };
      pointers.set(key, known);
    }
    return known.local;
  };

  let now: Moment = { step: step.index, level: 0 };
  const loadedFrom = (of: Node): Place | undefined => {
    const stored = storedAt.get(of);
    if (stored !== undefined && (now.step < stored.step || (now.step === stored.step && now.level < stored.level)))
      return undefined;
    return places.get(of);
  };

  const scalars = new Map<Node, Local>();
  const scalar = (of: Node): Local => {
    const known = scalars.get(of);
    if (known !== undefined) return known;
    if (isImmediate(of)) return vector.constant((of.values as Float32Array)[0] as number)[0] as Local;
    const place = loadedFrom(of);
    let local: Local;
    if (place !== undefined) {
      const pointer = pointerTo(place);
      const load = (): Code => code.get(pointer).loadSplat(4 * place.column);
      if (place.buffer.kind === 'shared') local = once(`shared ${place.buffer.id} ${place.column}`, load);
      else {
        local = code.local(V128);
        load().set(local);
      }
    } else if (of.op === 'BroadcastTo') local = scalar(of.inputs[0] as Node);
    else {
      const operands = of.inputs.map((input) => [scalar(input)]);
      local = elementwise(vector, of, operands)[0] as Local;
    }
    scalars.set(of, local);
    return local;
  };

  const load = (place: Place, { first, count }: Columns): Vectors =>
    Array.from({ length: count }, (_, at) => {
      const local = code.local(V128);
      code
        .get(pointerTo(place))
        .get(column)
        .add()
        .loadVector(4 * (place.column + LANES * (first + at)))
        .set(local);
      return local;
    });
  const valuesOf = (of: Node, columns: Columns): Vectors => {
    const { known } = columns;
    const found = known.get(of);
    if (found !== undefined) return found;
    if (widthOf(of) === 1 || isImmediate(of)) return [scalar(of)];
    const place = loadedFrom(of);
    const operand = (x: Node): Vectors => valuesOf(x, columns);
    let vectors: Vectors;
    if (place !== undefined) vectors = load(place, columns);
    else if (of.op === 'BroadcastTo') vectors = operand(of.inputs[0] as Node);
    else if (of.op === 'RowView') vectors = (columns.readView as (view: Node) => Vectors)(of);
    else vectors = fused(of, columns) ?? elementwise(vector, of, of.inputs.map(operand));
    known.set(of, vectors);
    return vectors;
  };
  /** a·b + c and c − a·b of products that nothing else is computed from. */
  const fused = (of: Node, columns: Columns): Vectors | undefined => {
    const [a, b] = of.inputs as [Node, Node];
    const isOnly = (x: Node): boolean =>
      x.op === 'Multiply' && widthOf(x) > 1 && usersOf(x) === 1 && !columns.known.has(x) && loadedFrom(x) === undefined;
    const factors = (x: Node): [Vectors, Vectors] =>
      x.inputs.map((input) => valuesOf(input, columns)) as [Vectors, Vectors];
    if (of.op === 'Add' && (isOnly(b) || isOnly(a))) {
      const [product, other] = isOnly(b) ? [b, a] : [a, b];
      return madd(vector, ...factors(product), valuesOf(other, columns));
    }
    if (of.op === 'Sub' && isOnly(b)) return negativeMadd(vector, ...factors(b), valuesOf(a, columns));
    return undefined;
  };

  return {
    code,
    vector,
    column,
    pointers,
    head,
    goTo(level) {
      now = { step: step.index, level };
    },
    pointerTo,
    loadedFrom,
    scalar,
    setScalar: (of, local) => void scalars.set(of, local),
    valuesOf,
    load,
    kept: (buffer, vectors) => (isFlushed(buffer) ? flushed(vector, vectors) : vectors),
    firstLanes(lanes) {
      const ones = Array.from({ length: LANES }, (_, lane) => (lane < lanes ? -1 : 0));
      return once(`mask ${lanes}`, () => code.lanes(ones));
    },
  };
}
