import { ratios } from './cells.ts';
import { output as command } from './contenders.ts';
import { digits, table } from './markdown.ts';
import type { Options } from './options.ts';
import type { OutputKind, OutputSetup, OutputSizes } from './protocol.ts';
import { absence } from './report.ts';
import { measure, type Outcome } from './rows.ts';

/** The output layers that are compared; the first is what the others are compared with. */
const KINDS: readonly OutputKind[] = [
  'full',
  'classes by frequency',
  'classes by sqrt-frequency',
  'adaptive',
  'sampled',
];
/** An LSTM of 200 units over embeddings of 100, as in language models of the Penn Treebank's 10,000 words. */
const SIZES: OutputSizes = { inputSize: 100, hiddenSize: 200, batch: 20, time: 30, vocabSize: 10_000 };
const QUICK_SIZES: OutputSizes = { inputSize: 4, hiddenSize: 8, batch: 2, time: 5, vocabSize: 100 };
/** The output layer's loss with its gradient, and a whole training step of the language model. */
const PARTS = ['layer', 'update'] as const;

/** Sizes of a run. */
export const outputSizes = ({ quick }: Pick<Options, 'quick'>): OutputSizes => (quick ? QUICK_SIZES : SIZES);

/** All output layers in one part of training. */
export interface OutputRow {
  readonly part: (typeof PARTS)[number];
  readonly outcomes: { readonly [kind: string]: Outcome };
}

/** Every output layer in its own process, taking turns. */
export async function measureOutputs(options: Options, progress: (text: string) => void): Promise<OutputRow[]> {
  const { backend, threads, experimentalSimd } = options;
  const rows: OutputRow[] = [];
  for (const part of PARTS) {
    progress(`${part} …`);
    const setup = { part, sizes: outputSizes(options), backend, threads, experimentalSimd };
    const entrants = KINDS.map((kind) => ({
      name: kind,
      command: command(options),
      setup: { ...setup, kind } satisfies OutputSetup,
    }));
    rows.push({ part, outcomes: await measure(entrants, options) });
  }
  return rows;
}

/** The times as a table: the ratio is of the full softmax over the layer, the median over rounds. */
export function describeOutputs(rows: readonly OutputRow[], sizes: OutputSizes): string {
  const lines = KINDS.map((kind) => [
    kind,
    ...rows.flatMap(({ outcomes }) => {
      const [own, full] = [outcomes[kind], outcomes[KINDS[0] as string]] as [Outcome, Outcome];
      if (own.state !== 'measured') return [absence(own), '–'];
      if (full.state !== 'measured') return [digits(own.step.median), '–'];
      const { median, least, most } = ratios(full, own);
      return [digits(own.step.median), `${digits(median)} (${digits(least)}–${digits(most)})`];
    }),
  ]);
  const head = ['output', 'layer ms', 'full ÷ it (least–most)', 'update ms', 'full ÷ it (least–most)'];
  const { inputSize, hiddenSize, batch, time, vocabSize } = sizes;
  return `LSTM ${inputSize}/${hiddenSize}, B ${batch}, T ${time}, V ${vocabSize}:\n\n${table(head, lines)}`;
}
