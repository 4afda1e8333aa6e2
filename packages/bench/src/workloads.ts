/** What one step consists of. */
export interface Workload {
  readonly name: string;
  /**
   * `language`: predict the next of `vocabSize` tokens, one whole training step. `adding`: the adding problem, one training
   * step. `greedy`: generate `time` tokens one by one. `beam`: the same with `batch` hypotheses.
   */
  readonly kind: 'language' | 'adding' | 'greedy' | 'beam';
  readonly cell: 'lstm' | 'gru' | 'tcn';
  /** Taps of the convolutions of a `tcn`. */
  readonly kernelSize?: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly batch: number;
  /** Frames of a sequence; tokens that are generated. */
  readonly time: number;
  /** Size of the vocabulary; the embedding has as many rows, each of `hiddenSize`. For `adding`: 0. */
  readonly vocabSize: number;
  /** Sizes with `--quick`, where a full step would take seconds. */
  readonly quick?: Partial<Pick<Workload, 'hiddenSize' | 'batch' | 'time' | 'vocabSize'>>;
  /** Whether it has been scaled down. */
  readonly scaled?: boolean;
}

const training = { kind: 'language', cell: 'lstm', layers: 1, batch: 50, time: 50, vocabSize: 64 } as const;
const convolutional = { ...training, cell: 'tcn', batch: 32, quick: { batch: 4, time: 20 } } as const;
const generation = { kind: 'greedy', cell: 'lstm', layers: 1, batch: 1, time: 50, vocabSize: 64 } as const;

/**
 * The workloads. A training step is forward, backward, clipping by the global norm and Adam, over characters that are
 * embedded, run through LSTMs and scored by a dense layer.
 */
export const workloads: readonly Workload[] = [
  { ...training, name: 'W1', hiddenSize: 128, quick: { batch: 8, time: 10 } },
  { ...training, name: 'W2', hiddenSize: 256, layers: 2, quick: { hiddenSize: 32, batch: 8, time: 10 } },
  { ...training, name: 'W3', hiddenSize: 512, quick: { hiddenSize: 64, batch: 8, time: 10 } },
  { ...training, name: 'W4', hiddenSize: 16, batch: 32, time: 100 },
  { ...training, name: 'W5', hiddenSize: 64, batch: 32, time: 200, quick: { batch: 8, time: 20 } },
  { ...training, name: 'W6', hiddenSize: 128, batch: 1 },
  {
    ...training,
    name: 'W7',
    kind: 'adding',
    cell: 'gru',
    hiddenSize: 128,
    batch: 32,
    time: 600,
    vocabSize: 0,
    quick: { hiddenSize: 32, batch: 8, time: 20 },
  },
  { ...training, name: 'W8', hiddenSize: 400, layers: 2, batch: 100, quick: { hiddenSize: 40, batch: 8, time: 10 } },
  { ...convolutional, name: 'TCN-copy', hiddenSize: 10, layers: 5, kernelSize: 8, time: 70, vocabSize: 10 },
  {
    ...convolutional,
    name: 'TCN-adding',
    kind: 'adding',
    hiddenSize: 24,
    layers: 7,
    kernelSize: 7,
    time: 200,
    vocabSize: 0,
  },
  { ...convolutional, name: 'TCN-chars', hiddenSize: 64, layers: 4, kernelSize: 3, batch: 16, time: 200 },
  { ...generation, name: 'G1-128', hiddenSize: 128 },
  { ...generation, name: 'G1-512', hiddenSize: 512, quick: { time: 10 } },
  { ...generation, name: 'G1-words', hiddenSize: 256, vocabSize: 10_000, quick: { time: 5, vocabSize: 1000 } },
  {
    ...generation,
    name: 'G1-beam',
    kind: 'beam',
    hiddenSize: 256,
    batch: 5,
    vocabSize: 10_000,
    quick: { time: 5, vocabSize: 1000 },
  },
];

/** Hyperparameters of all contenders. */
export const LEARNING_RATE = 0.001;
export const LARGEST_NORM = 5;
/** Precomputed batches, used in turn. */
export const BATCHES = 8;

/** Lengths of the sweep over time, at the sizes of W1. */
export const sweepTimes: readonly number[] = [50, 100, 200, 400, 800, 1600];
export const quickSweepTimes: readonly number[] = [10, 20, 40, 80];

/** The workload at the sizes of `--quick`. */
export function quickened(workload: Workload): Workload {
  const { quick, ...whole } = workload;
  return quick === undefined ? whole : { ...whole, ...quick, scaled: true };
}

/** Those whose name is one of `names`, or begins with one and a hyphen (`G1` takes all of G1). */
export function chosen(names: readonly string[]): readonly Workload[] {
  for (const name of names) {
    if (!workloads.some((workload) => isNamed(workload, name))) {
      const known = workloads.map((workload) => workload.name).join(', ');
      throw new RangeError(`--only: expected some of ${known}, got ${name}.`);
    }
  }
  return workloads.filter((workload) => names.length === 0 || names.some((name) => isNamed(workload, name)));
}

function isNamed({ name }: Workload, wanted: string): boolean {
  return name === wanted || name.startsWith(`${wanted}-`);
}

/** Tokens (frames, for `adding`) that one step processes; of a beam only the best hypothesis. */
export function tokensOf({ kind, batch, time }: Workload): number {
  return kind === 'beam' ? time : batch * time;
}

/**
 * Floating-point operations of the products in the recurrent layers, forward and backward: 6 for each weight and frame (a
 * multiplication and an addition forward, for the inputs' gradient and for the weights' gradient).
 *
 *   Σ over layers 6·batch·time·(inputSize + hiddenSize)·gates·hiddenSize
 */
export function recurrentFlops({ kind, cell, hiddenSize, layers, kernelSize = 1, batch, time }: Workload): number {
  const firstInput = kind === 'adding' ? 2 : hiddenSize;
  if (cell === 'tcn') {
    const residual = firstInput === hiddenSize ? 0 : firstInput;
    return 6 * batch * time * (kernelSize * (firstInput + (2 * layers - 1) * hiddenSize) + residual) * hiddenSize;
  }
  const gates = cell === 'lstm' ? 4 : 3;
  const rows = firstInput + hiddenSize + (layers - 1) * 2 * hiddenSize;
  return 6 * batch * time * rows * gates * hiddenSize;
}

/** Its sizes in a few words. */
export function describeSizes(workload: Workload): string {
  const { kind, cell, hiddenSize, layers, kernelSize, batch, time, vocabSize, scaled } = workload;
  const net = `${layers === 1 ? '' : `${layers}×`}${cell.toUpperCase()} ${hiddenSize}`;
  const sizes = [
    kernelSize === undefined ? net : `${net}, kernel ${kernelSize}`,
    `${kind === 'beam' ? 'beam' : 'B'} ${batch}`,
    `T ${time}`,
  ];
  if (kind === 'adding') sizes.push('adding problem');
  if (kind === 'greedy' || kind === 'beam') sizes.push(`V ${vocabSize}`, 'generation');
  if (scaled) sizes.push('scaled down');
  return sizes.join(', ');
}
