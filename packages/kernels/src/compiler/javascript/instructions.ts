import { inOrder, type Node, NotCompilable, resultsOf } from '../graph.ts';
import { isElementwise, isImmediate, isRowReduction, widthOf } from '../ops.ts';
import type { Level, Moment, Place, Plan, Section, Store, Weights } from '../plan/plan.ts';
import { fused } from './fuse.ts';
import { joinColumns } from './join.ts';
import { add, copy, type ElementwiseLoop, loopOf, type ReductionLoop, reductions } from './loops.ts';

/** What an instruction reads or writes: a number for each column of each row, or `width` 1: for each row. */
export type Ref =
  | { readonly kind: 'place'; readonly place: Place; readonly width: number }
  | { readonly kind: 'temporary'; readonly id: number; readonly width: number }
  | { readonly kind: 'constant'; readonly value: number; readonly width: 1 };

/** An instruction over all rows of a frame, or of a block of rows. */
export type Instruction =
  | { readonly kind: 'elementwise'; readonly loop: ElementwiseLoop; readonly inputs: readonly Ref[]; readonly out: Ref }
  | { readonly kind: 'reduction'; readonly loop: ReductionLoop; readonly input: Ref; readonly out: Ref }
  | { readonly kind: 'product'; readonly a: Place; readonly weights: Weights; readonly to: Place };

/** The instructions of the steps of a section: each value is computed once. */
export function instructionsOf(plan: Plan, section: Section): Instruction[] {
  const usersOf = countUsers(plan);
  const instructions: Instruction[] = [];
  const known = new Map<Node, Ref>();
  const { places, storedAt } = section;
  let now: Moment = { step: -1, level: 0 };
  let temporaries = 0;

  const isStored = (of: Node): boolean => {
    const { step, level } = storedAt.get(of) ?? now;
    return now.step > step || (now.step === step && now.level >= level);
  };
  /** Where a value is found without computing it. */
  const found = (of: Node): Ref | undefined => {
    if (isImmediate(of)) return constant((of.values as Float32Array)[0] as number);
    const place = isStored(of) ? places.get(of) : undefined;
    return known.get(of) ?? (place && { kind: 'place', place, width: widthOf(of) });
  };
  const refOf = (of: Node): Ref => {
    const ref = found(of) ?? (isBroadcast(of) ? refOf(of.inputs[0] as Node) : compute(of, temporary(of)));
    known.set(of, ref);
    return ref;
  };
  const operand = (of: Node | number): Ref => (typeof of === 'number' ? constant(of) : refOf(of));
  const temporary = (of: Node): Ref => ({ kind: 'temporary', id: temporaries++, width: widthOf(of) });
  const elementwise = (loop: ElementwiseLoop, inputs: readonly Ref[], out: Ref): Ref => {
    instructions.push({ kind: 'elementwise', loop, inputs, out });
    return out;
  };
  const compute = (of: Node, out: Ref): Ref => {
    if (isRowReduction(of)) {
      const input = refOf(of.inputs[0] as Node);
      instructions.push({ kind: 'reduction', loop: reductions[of.op] as ReductionLoop, input, out });
      return out;
    }
    if (!isElementwise(of))
      throw new NotCompilable(`${of.op} is not computed row by row in JavaScript`, of.op, of.line);
    const isInner = (x: Node): boolean => usersOf(x) === 1 && found(x) === undefined;
    const one = fused(of, isInner);
    if (one !== undefined) return elementwise(one.loop, one.operands.map(operand), out);
    const bounds = of.op === 'ClipByValue' ? [of.attrs.clipValueMin as number, of.attrs.clipValueMax as number] : [];
    return elementwise(loopOf(of), [...of.inputs, ...bounds].map(operand), out);
  };
  const store = ({ value, to }: Store): void => {
    // A value that is kept for a later pass over the columns of its row is at hand from here on.
    if (to.buffer.kind === 'scratch') {
      refOf(value);
      return;
    }
    const out: Ref = { kind: 'place', place: to, width: widthOf(value) };
    if (found(value) === undefined && !isBroadcast(value)) known.set(value, compute(value, out));
    else elementwise(copy, [refOf(value)], out);
  };
  const total = ({ value, to }: Store): void => {
    const out: Ref = { kind: 'place', place: to, width: widthOf(value) };
    elementwise(add, [out, refOf(value)], out);
  };
  const passes = ({ scalars, totalsOfScalars, loops, ...other }: Level): void => {
    expectNone(other, ['level']);
    scalars.forEach(store);
    totalsOfScalars.forEach(total);
    for (const { width: _, stores, reductions: reduced, totals, ...more } of loops) {
      expectNone(more, []);
      stores.forEach(store);
      reduced.forEach(refOf);
      totals.forEach(total);
    }
  };
  for (const step of section.steps) {
    if (step.kind === 'product') {
      if (step.rows > 1) throw unknown('rows of a product');
      instructions.push(step);
    } else if (step.kind === 'rows') {
      for (const level of step.levels) {
        now = { step: step.index, level: level.level };
        passes(level);
      }
    } else throw unknown((step as { readonly kind: string }).kind);
  }
  return joinColumns(instructions);
}

const constant = (value: number): Ref => ({ kind: 'constant', value, width: 1 });
const isBroadcast = ({ op }: Node): boolean => op === 'BroadcastTo' || op === 'Cast';

/** @throws {NotCompilable} for passes of a kind that is not known here, such as those over several axes of a row. */
function expectNone(work: object, but: readonly string[]): void {
  for (const [name, value] of Object.entries(work)) {
    const isNone = value === undefined || (Array.isArray(value) && value.length === 0);
    if (!isNone && !but.includes(name)) throw unknown(name);
  }
}

const unknown = (kind: string): NotCompilable =>
  new NotCompilable(`plans with "${kind}" are not run in JavaScript`, kind);

/** How many values are computed from each. */
function countUsers({ graph }: Plan): (of: Node) => number {
  const counts = new Map<Node, number>();
  for (const { inputs } of inOrder(resultsOf(graph))) {
    for (const input of inputs) counts.set(input, (counts.get(input) ?? 0) + 1);
  }
  return (of) => counts.get(of) ?? 0;
}
