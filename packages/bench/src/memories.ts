import { memory as contender } from './contenders.ts';
import type { Options } from './options.ts';
import type { MemoryKind, MemorySetup } from './protocol.ts';
import { type Measured, measure, type Outcome } from './rows.ts';

/** The memories that are compared. */
export const KINDS: readonly MemoryKind[] = ['ntm', 'linear', 'lsh'];
/** 4 heads and slots of 32 numbers, as Rae et al. 2016 have them. */
const SIZES = { width: 32, reads: 4, nearest: 4, batch: 1 } as const;
const SLOTS: readonly number[] = [1024, 2048, 4096, 8192, 16_384, 32_768, 65_536];
const QUICK_SLOTS: readonly number[] = [64, 128];
/** The cost of an access is the difference between sequences of two lengths, per access; long ones need gigabytes with a dense memory. */
const LENGTHS: { readonly [kind in MemoryKind]: readonly [number, number] } = {
  ntm: [10, 20],
  linear: [10, 100],
  lsh: [10, 100],
};

/** A memory with this many slots, over sequences of two lengths. */
export interface MemoryPoint {
  readonly kind: MemoryKind;
  readonly slots: number;
  readonly short: Outcome;
  readonly long: Outcome;
}

/** Of an access, forward and backward; and the overhead of a sequence. In milliseconds of processor time. */
export interface AccessCost {
  readonly milliseconds: number;
  /** What it saves for its gradient. */
  readonly bytes: number;
  readonly openMilliseconds: number;
}

/** Every memory at every number of slots; those of equal slots take turns, each length in its own process. */
export async function measureMemories(options: Options, progress: (text: string) => void): Promise<MemoryPoint[]> {
  const points: MemoryPoint[] = [];
  for (const slots of options.quick ? QUICK_SLOTS : SLOTS) {
    progress(`${slots} slots …`);
    const { backend, threads } = options;
    const all = KINDS.flatMap((memory) =>
      LENGTHS[memory].map((time) => ({
        name: `${memory} ${time}`,
        command: contender(options),
        setup: { memory, slots, ...SIZES, time, backend, threads } satisfies MemorySetup,
      })),
    );
    const outcomes = await measure(all, options);
    for (const kind of KINDS) {
      const [short, long] = LENGTHS[kind].map((time) => outcomes[`${kind} ${time}`]) as [Outcome, Outcome];
      points.push({ kind, slots, short, long });
    }
  }
  return points;
}

/** The result of every process. */
export function outcomesOf(points: readonly MemoryPoint[]): Outcome[] {
  return points.flatMap(({ short, long }) => [short, long]);
}

/** From the minimum times over both lengths, as other load only adds to them. Undefined where one could not be measured. */
export function costOf({ kind, short, long }: MemoryPoint): AccessCost | undefined {
  if (short.state !== 'measured' || long.state !== 'measured') return undefined;
  const [few, many] = LENGTHS[kind];
  const ofOne = (of: (measured: Measured) => number): number => (of(long) - of(short)) / (many - few);
  const milliseconds = ofOne(({ step }) => step.least);
  return {
    milliseconds,
    bytes: ofOne(({ heldBytes }) => heldBytes ?? 0),
    openMilliseconds: Math.max(0, short.step.least - few * milliseconds),
  };
}
