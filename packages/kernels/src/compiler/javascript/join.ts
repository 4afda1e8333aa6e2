import type { Instruction, Ref } from './instructions.ts';

/** Instructions one after the other that do the same to adjoining columns, as one: sums of all gates of a row, say. */
export function joinColumns(instructions: readonly Instruction[]): Instruction[] {
  const joined: Instruction[] = [];
  for (const instruction of instructions) {
    const last = joined.at(-1);
    const both = last && join(last, instruction);
    if (both === undefined) joined.push(instruction);
    else joined[joined.length - 1] = both;
  }
  return joined;
}

function join(a: Instruction, b: Instruction): Instruction | undefined {
  if (a.kind !== 'elementwise' || b.kind !== 'elementwise' || a.loop !== b.loop) return undefined;
  const out = beside(a.out, b.out, a.out.width, b.out.width);
  const inputs = a.inputs.map((input, i) => beside(input, b.inputs[i] as Ref, a.out.width, b.out.width));
  if (out === undefined || inputs.includes(undefined)) return undefined;
  return { ...a, out, inputs: inputs as Ref[] };
}

/** The columns of both, if those of `b` come after those of `a`. */
function beside(a: Ref, b: Ref, width: number, more: number): Ref | undefined {
  if (a.kind === 'constant') return b.kind === 'constant' && Object.is(a.value, b.value) ? a : undefined;
  if (a.kind !== 'place' || b.kind !== 'place' || a.width !== width || b.width !== more) return undefined;
  const [p, q] = [a.place, b.place];
  const isBeside = p.buffer === q.buffer && p.side === q.side && p.isOut === q.isOut && p.column + width === q.column;
  return isBeside ? { ...a, width: width + more } : undefined;
}
