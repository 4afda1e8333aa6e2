import type { Node } from '../graph.ts';
import { isImmediate } from '../ops.ts';
import {
  type Buffer,
  type BufferKind,
  type Moment,
  type Place,
  type ProductStep,
  type RowsStep,
  targetsOf,
} from './plan.ts';

/**
 * Local buffers of which one row is enough, as they are written and read within one step of rows: it stays in the cache then, however
 * wide it is.
 */
export function narrow(
  candidates: ReadonlySet<Buffer>,
  steps: readonly (ProductStep | RowsStep)[],
  moments: Iterable<{ readonly at: Moment; readonly roots: readonly Node[] }>,
  loadedAt: (of: Node, at: Moment) => Place | undefined,
): void {
  const uses = new Map<Buffer, Set<number>>();
  const use = (buffer: Buffer, step: number): void => {
    if (!candidates.has(buffer)) return;
    const known = uses.get(buffer);
    if (known === undefined) uses.set(buffer, new Set([step]));
    else known.add(step);
  };
  const always = [-2, -3];
  for (const step of steps) {
    if (step.kind === 'rows') for (const buffer of targetsOf(step)) use(buffer, step.index);
    else for (const buffer of [step.a.buffer, step.to.buffer]) for (const other of always) use(buffer, other);
  }
  for (const { at, roots } of moments) {
    const seen = new Set<Node>();
    const visit = (of: Node): void => {
      if (seen.has(of) || isImmediate(of)) return;
      seen.add(of);
      const place = loadedAt(of, at);
      if (place === undefined) of.inputs.forEach(visit);
      else use(place.buffer, at.step);
    };
    roots.forEach(visit);
  }
  for (const [buffer, of] of uses) if (of.size === 1) (buffer as { kind: BufferKind }).kind = 'scratch';
}
