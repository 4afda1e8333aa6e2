import type { Node } from '../graph.ts';
import { isCostly, isElementwise } from '../ops.ts';
import { isSameShape } from '../shapes.ts';
import type { Builder, Rule } from './build.ts';
import { again } from './elementwise.ts';

/** Slices of rows [rows, columns] on the way to what they are taken from: past ops that are `costly` only if asked to. */
export const sink =
  (costly: 'past costly ops' | undefined): Rule =>
  (of, build) => {
    if (of.op !== 'Slice' || of.shape.length !== 2) return of;
    const [a] = of.inputs as [Node];
    const begin = of.attrs.begin as readonly number[];
    if (isSameShape(a.shape, of.shape)) return a;
    if (a.op === 'Slice') {
      const inner = a.attrs.begin as readonly number[];
      return build.make({
        ...of,
        inputs: a.inputs,
        attrs: { ...of.attrs, begin: begin.map((at, i) => at + (inner[i] as number)) },
      });
    }
    if (!of.perRow) return of;
    const [from, size] = [begin[1] as number, of.shape[1] as number];
    if (a.op === 'Concat') return sliceOfConcat(of, a, from, size, build);
    if (a.op === 'BroadcastTo') return build.broadcast(cut(a.inputs[0] as Node, a, from, size, build), of.shape);
    // What is compared for equality (with a maximum, in its gradient) must have the bits that it had before.
    if (!isElementwise(a) || (isCostly(a) && costly === undefined) || a.op === 'Equal' || a.op === 'NotEqual')
      return of;
    return again(
      a,
      a.inputs.map((x) => cut(x, a, from, size, build)),
      build,
    );
  };

/** The part of an operand that a slice of the result depends on. */
function cut(x: Node, { shape }: Node, from: number, size: number, build: Builder): Node {
  return x.shape.length === 0 || x.shape.at(-1) !== shape.at(-1) || x.shape.at(-1) === 1
    ? x
    : build.columns(x, from, size);
}

function sliceOfConcat(of: Node, whole: Node, from: number, size: number, build: Builder): Node {
  let at = 0;
  for (const part of whole.inputs) {
    const width = part.shape[1] as number;
    if (from >= at && from + size <= at + width) return build.columns(part, from - at, size);
    at += width;
  }
  return of;
}

/** Rows padded with zeros, added up: the gradients of slices. Beside each other they are a concatenation. */
export const pads: Rule = (of, build) => {
  if (of.op === 'PadV2' && of.perRow && of.shape.length === 2 && (of.attrs.constantValue ?? 0) === 0) {
    const [, columns] = of.attrs.paddings as [unknown, [number, number]];
    const [x] = of.inputs as [Node];
    const zeros = (width: number): Node[] =>
      width === 0 ? [] : [build.broadcast(build.scalar(0), [of.shape[0] as number, width])];
    return build.concat([...zeros(columns[0]), x, ...zeros(columns[1])], 1);
  }
  if (of.op !== 'Add') return of;
  const [a, b] = of.inputs as [Node, Node];
  if (!isPadded(a) || !isPadded(b)) return of;
  return joined(a, b, build) ?? of;
};

/** Whether it has zeros beside something else. */
const isPadded = (x: Node): boolean => x.op === 'Concat' && x.perRow && x.inputs.some(isZero);
const isZero = (x: Node): boolean =>
  x.op === 'BroadcastTo' &&
  (x.inputs[0] as Node).op === 'Const' &&
  (x.inputs[0] as Node).values?.every((value) => value === 0) === true;

/** The sum of two concatenations, if one of them is 0 in every column of either's parts. */
function joined(a: Node, b: Node, build: Builder): Node | undefined {
  const parts: { readonly from: number; readonly to: number; readonly x: Node }[] = [];
  for (const whole of [a, b]) {
    let at = 0;
    for (const x of whole.inputs) {
      const to = at + (x.shape[1] as number);
      if (!isZero(x)) parts.push({ from: at, to, x });
      at = to;
    }
  }
  parts.sort((p, q) => p.from - q.from);
  if (parts.some(({ from }, i) => i > 0 && from < (parts[i - 1] as { to: number }).to)) return undefined;
  const [rows, columns] = a.shape as [number, number];
  const zeros = (width: number): Node[] => (width <= 0 ? [] : [build.broadcast(build.scalar(0), [rows, width])]);
  let at = 0;
  const all: Node[] = [];
  for (const { from, to, x } of parts) {
    all.push(...zeros(from - at), x);
    at = to;
  }
  return build.concat([...all, ...zeros(columns - at)], 1);
}
