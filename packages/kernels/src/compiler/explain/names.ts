import { inOrder, type Node } from '../graph.ts';
import { widthOf } from '../ops.ts';
import type { Buffer, Place, Plan, Section } from '../plan/plan.ts';

/** The name of a value in words: of an input its label, else its op. */
export function nameOf(of: Node): string {
  const [first] = of.inputs;
  if (of.op === 'Input') return labelOf(of);
  if (of.op === 'Noise') return 'noise';
  if (first !== undefined && (of.op === 'Reshape' || of.op === 'BroadcastTo')) return nameOf(first);
  if (first !== undefined && of.op === 'Slice' && first.op === 'Input')
    return `${nameOf(first)}[${sliceOf(of, first)}]`;
  if (of.perRow) return of.op;
  const parameters = inOrder([of]).filter(({ op }) => op === 'Input');
  return parameters.length === 0 ? 'a constant' : `(${of.op} of ${parameters.map(labelOf).join(', ')})`;
}

const labelOf = ({ label = 'input' }: Node): string => label.replace(/^(parameter|state) (?=.)/, '');

/** The part of a value, as in `kernel[0:3]` and `kernel[:, 4:8]`. */
function sliceOf({ attrs, shape }: Node, { shape: whole }: Node): string {
  const begin = attrs.begin as readonly number[];
  const parts = shape.map((size, axis) => {
    const from = begin[axis] as number;
    return size === whole[axis] ? ':' : `${from}:${from + size}`;
  });
  while (parts.length > 1 && parts.at(-1) === ':') parts.pop();
  return parts.join(', ');
}

/** The value that a section reads or writes at a place. */
export function valueAt({ places, steps }: Section, { buffer, column, side }: Place, width: number): Node | undefined {
  for (const [of, place] of places) {
    if (place.buffer === buffer && place.column === column && place.side === side && widthOf(of) === width) return of;
  }
  return steps
    .flatMap((step) => (step.kind === 'rows' ? step.levels : []))
    .flatMap(({ scalars, loops }) => [...scalars, ...loops.flatMap(({ stores }) => stores)])
    .find(({ value, to }) => to.buffer === buffer && to.column === column && widthOf(value) === width)?.value;
}

/** The value whose rows a buffer holds. */
export function valueIn({ forward, backward, states, given, graph }: Plan, buffer: Buffer): Node | undefined {
  const state = states.indexOf(buffer);
  if (state >= 0) return graph.state[state];
  for (const [of, to] of given) if (to === buffer) return of;
  for (const section of [...forward, ...backward]) {
    const found = valueAt(section, { buffer, column: 0 }, buffer.width);
    if (found !== undefined) return found;
  }
  return undefined;
}
