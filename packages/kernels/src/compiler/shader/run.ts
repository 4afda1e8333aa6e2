import type { Tensor } from '@tensorflow/tfjs-core';
import type { BlockStep, Call, Device, Track } from '../../gpu/device.ts';
import { NotCompilable } from '../graph.ts';

/** A tensor that is computed when it is first needed in a run. */
export type Thing = {
  /** Whether backward may have it from forward, rather than computing it again. */
  readonly isHeld: boolean;
  readonly compute: (run: Run) => Tensor;
};

export type Sizes = { readonly time: number; readonly batch: number; readonly reverse: boolean };

/** One pass over a sequence: forward, or backward. */
export type Run = {
  readonly sizes: Sizes;
  get(thing: Thing): Tensor;
  /** To `get` it later. */
  set(thing: Thing, tensor: Tensor): void;
  /** A tensor that ops make. */
  make(compute: () => Tensor): Tensor;
  draw(call: Call, rows: number, columns: number): Tensor;
  scan(tracks: readonly Track[], steps: () => readonly BlockStep[]): Tensor[];
  /** @throws {NotCompilable} if a program has more inputs than shaders may. */
  expectInputs(count: number): void;
};

/** A run on a device. Call what uses it within tidy. */
export function runOn(device: Device, sizes: Sizes, known: ReadonlyMap<Thing, Tensor>): Run {
  const made = new Map(known);
  const run: Run = {
    sizes,
    get(thing) {
      let tensor = made.get(thing);
      if (tensor === undefined) {
        tensor = thing.compute(run);
        made.set(thing, tensor);
      }
      return tensor;
    },
    set: (thing, tensor) => void made.set(thing, tensor),
    make: (compute) => compute(),
    draw: (call, rows, columns) => device.run(call, rows, columns),
    scan: (tracks, steps) => device.scan(tracks, steps()),
    expectInputs: () => undefined,
  };
  return run;
}

/** What a run would compute, without computing it: which things are computed, and which of those that were known are used. */
export type Rehearsal = { readonly run: Run; readonly made: Set<Thing>; readonly used: Set<Thing> };

export function rehearse({ mostInputs }: Device, known: ReadonlySet<Thing>): Rehearsal {
  const nothing = {} as Tensor;
  const made = new Set<Thing>();
  const used = new Set<Thing>();
  const run: Run = {
    sizes: { time: 2, batch: 2, reverse: false },
    get(thing) {
      if (known.has(thing)) used.add(thing);
      else if (!made.has(thing)) {
        made.add(thing);
        thing.compute(run);
      }
      return nothing;
    },
    set: (thing) => void made.add(thing),
    make: () => nothing,
    draw: () => nothing,
    scan: (tracks) => tracks.map(() => nothing),
    expectInputs(count) {
      if (count > mostInputs)
        throw new NotCompilable(`a shader would read ${count} tensors: ${mostInputs} are possible`, 'shader');
    },
  };
  return { run, made, used };
}
