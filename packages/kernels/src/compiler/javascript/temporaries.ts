import type { Instruction, Ref } from './instructions.ts';

/** Temporary arrays that share memory where they are not in use at the same time. */
export type Temporaries = {
  /** Where each starts, by its id, in numbers of one row: to be multiplied by how many rows there are. */
  readonly starts: ReadonlyMap<number, number>;
  /** Numbers of all for one row. */
  readonly size: number;
};

/** What an instruction reads and writes, inputs first. */
function refsOf(instruction: Instruction): readonly Ref[] {
  if (instruction.kind === 'product') return [];
  const inputs = instruction.kind === 'reduction' ? [instruction.input] : instruction.inputs;
  return [...inputs, instruction.out];
}

/** An array that is read for the last time by an instruction may be what the instruction writes. */
export function temporariesOf(instructions: readonly Instruction[]): Temporaries {
  const lastUse = new Map<number, number>();
  instructions.forEach((instruction, at) => {
    for (const ref of refsOf(instruction)) if (ref.kind === 'temporary') lastUse.set(ref.id, at);
  });
  const starts = new Map<number, number>();
  const free = new Map<number, number[]>();
  let size = 0;
  instructions.forEach((instruction, at) => {
    const refs = refsOf(instruction);
    for (const ref of new Set(refs)) {
      if (ref.kind !== 'temporary' || lastUse.get(ref.id) !== at || !starts.has(ref.id)) continue;
      const others = free.get(ref.width) ?? [];
      others.push(starts.get(ref.id) as number);
      free.set(ref.width, others);
    }
    const out = refs.at(-1);
    if (out?.kind !== 'temporary' || starts.has(out.id)) return;
    const start = free.get(out.width)?.pop();
    starts.set(out.id, start ?? size);
    if (start === undefined) size += out.width;
  });
  return { starts, size };
}
