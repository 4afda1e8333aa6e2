import { BLOCK, type Buffer, type Plan, targetsOf } from '../plan/plan.ts';

/** Sizes of a call. */
export type Sizes = { readonly time: number; readonly batch: number; readonly parts: number };

/** Addresses in a block of memory, relative to its start. */
export type Layout = { readonly offsets: ReadonlyMap<Buffer, number>; readonly bytes: number };

/** Floats beyond the end of a buffer that a vector of its last row may read. */
export const SLACK = 16;
const LINE = 64;

/** Bytes of a buffer. */
export function bytesOf({ kind, stride }: Buffer, { time, batch, parts }: Sizes, isPerBlock: boolean): number {
  const blocks = Math.ceil((time * batch) / BLOCK);
  const rows = {
    frames: time * batch,
    states: (time + 1) * batch,
    carry: 4 * batch,
    constant: batch,
    local: Math.max(batch, parts * BLOCK),
    scratch: parts,
    shared: 1,
    totals: isPerBlock ? blocks : batch,
  }[kind];
  return Math.ceil((4 * (rows * stride + SLACK)) / LINE) * LINE;
}

/** Buffers one after the other. */
export function inARow(buffers: Iterable<Buffer>, bytes: (of: Buffer) => number): Layout {
  const offsets = new Map<Buffer, number>();
  let end = 0;
  for (const buffer of buffers) {
    offsets.set(buffer, end);
    end += bytes(buffer);
  }
  return { offsets, bytes: end };
}

/** From which section to which a buffer is in use. */
export type Lifetime = { from: number; to: number };

/** Buffers that share memory where they are not in use at the same time. */
export function byLifetime(lifetimes: ReadonlyMap<Buffer, Lifetime>, bytes: (of: Buffer) => number): Layout {
  const placed: { readonly from: number; readonly to: number; readonly life: Lifetime }[] = [];
  const offsets = new Map<Buffer, number>();
  const largestFirst = [...lifetimes].sort(([a], [b]) => bytes(b) - bytes(a));
  for (const [buffer, life] of largestFirst) {
    const size = bytes(buffer);
    const others = placed.filter((other) => other.life.from <= life.to && life.from <= other.life.to);
    others.sort((a, b) => a.from - b.from);
    let at = 0;
    for (const { from, to } of others) {
      if (from - at >= size) break;
      at = Math.max(at, to);
    }
    offsets.set(buffer, at);
    placed.push({ from: at, to: at + size, life });
  }
  return { offsets, bytes: Math.max(0, ...placed.map(({ to }) => to)) };
}

/** The lifetimes of all buffers that a direction uses but those in `except`. */
export function lifetimesOf(plan: Plan, isBackward: boolean, except: ReadonlySet<Buffer>): Map<Buffer, Lifetime> {
  const sections = isBackward ? plan.backward : plan.forward;
  const last = sections.length;
  const lifetimes = new Map<Buffer, Lifetime>();
  const use = (buffer: Buffer | undefined, at: number): void => {
    if (buffer === undefined || except.has(buffer)) return;
    const known = lifetimes.get(buffer);
    if (known === undefined) lifetimes.set(buffer, { from: at, to: at });
    else {
      known.from = Math.min(known.from, at);
      known.to = Math.max(known.to, at);
    }
  };
  sections.forEach((section, i) => {
    for (const { buffer } of section.places.values()) use(buffer, i);
    for (const step of section.steps) {
      if (step.kind === 'product') use(step.a.buffer, i);
      for (const buffer of targetsOf(step)) use(buffer, i);
    }
    for (const buffer of section.totals) use(buffer, i);
  });
  if (isBackward) {
    for (const { a, b } of plan.gradients) {
      use(a.buffer, last);
      use(b.buffer, last);
    }
    for (const { totals } of plan.sums) use(totals, last);
    for (const totals of plan.dContext) use(totals, last);
    for (const buffer of plan.carries) use(buffer, last);
    use(plan.dInput?.buffer, last);
  } else {
    use(plan.output.buffer, last);
    for (const buffer of plan.states) use(buffer, last);
  }
  // What is given is written before the first section, if anything reads it.
  const given = [
    plan.mask,
    plan.input,
    ...plan.given.values(),
    ...plan.shared.values(),
    ...(isBackward ? [plan.dOutput, ...plan.carries] : plan.states),
  ];
  for (const buffer of given) if (buffer !== undefined && lifetimes.has(buffer)) use(buffer, -1);
  return lifetimes;
}
