import { toText } from '@elman/charts';
import type { TextScore } from '@elman/metrics';
import type { EvaluationEvent, UpdateEvent } from '@elman/train';
import { fitted, type Part } from './format.ts';
import type { HistoryLine } from './history.ts';
import { lossChart } from './loss-chart.ts';
import { type Progress, ProgressDisplay, smoothed } from './progress.ts';
import { stderr, stdout, writeJson } from './terminal.ts';
import { formatShare } from './unknown.ts';

/** What a run has to say about itself at its start. */
interface StartEvent {
  readonly folder: string;
  readonly cell: string;
  readonly parameters: number;
  readonly tokenizer: string;
  readonly vocabSize: number;
  readonly tokens: number;
  readonly heldOutTokens: number;
  readonly backend: string;
  readonly device: string;
  /** Updates made before, if the run is resumed. */
  readonly step: number;
  /** Updates to be made in all; null if the run is measured in minutes. */
  readonly updates: number | null;
  readonly updatesPerEpoch: number;
}

/** A measurement on held-out text. */
export type HeldOut = TextScore;

/** How a run ended. */
interface EndEvent {
  readonly reason: 'finished' | 'interrupted';
  readonly step: number;
  readonly seconds: number;
  readonly heldOut: HeldOut | undefined;
  readonly folder: string;
  /** Commands, ready to be typed. */
  readonly sample: string;
  readonly resume: string;
}

/** The listener to the progress of a run. */
export interface Report {
  start(event: StartEvent): void;
  update(event: UpdateEvent, progress: Omit<Progress, 'loss' | 'bitsPerCharacter'>): void;
  /** `event.improved` only if it is better than a guess, too. */
  evaluation(event: EvaluationEvent, heldOut: HeldOut, isGuess: boolean): void;
  saved(step: number): void;
  interrupted(): void;
  /** The course of the loss, when all is done. */
  curve(lines: readonly HistoryLine[]): void;
  end(event: EndEvent): void;
  /** Clears the progress line, however the run ended. */
  close(): void;
}

/** One JSON object a line on standard output. */
export function jsonReport(): Report {
  return {
    start: (event) => writeJson({ event: 'start', ...event }),
    update: ({ step, epoch, loss, count, gradientNorm, scale }, { tokensPerSecond, secondsLeft }) =>
      writeJson({ event: 'update', step, epoch, loss, count, gradientNorm, scale, tokensPerSecond, secondsLeft }),
    evaluation: ({ step, count, improved }, heldOut) =>
      writeJson({ event: 'evaluation', step, count, improved, ...heldOut }),
    saved: (step) => writeJson({ event: 'save', step }),
    interrupted: () => {},
    curve: () => {},
    end: (event) => writeJson({ event: 'end', ...event }),
    close: () => {},
  };
}

/** Progress on standard error, the result on standard output. `toBits`: from nats per token to bits per character, if there are any. */
export function humanReport(toBits: (nats: number) => number | null): Report {
  const { bold, dim, green } = stderr.colours;
  const display = new ProgressDisplay(stderr);
  const smooth = smoothed(0.97);
  return {
    start(event) {
      const count = (n: number): string => n.toLocaleString('en');
      display.line(`${bold(event.cell)}, ${count(event.parameters)} parameters, on ${event.backend} (${event.device})`);
      const cut = `${event.tokenizer}: ${count(event.tokens)} tokens (${count(event.vocabSize)} different)`;
      display.line(
        dim(`${cut}, ${count(event.heldOutTokens)} held out, ${count(event.updatesPerEpoch)} updates an epoch`),
      );
      if (event.step > 0) display.line(`goes on after update ${count(event.step)}`);
    },
    update(event, progress) {
      const loss = smooth(event.loss);
      display.show({ ...progress, loss, bitsPerCharacter: toBits(loss) ?? undefined });
    },
    evaluation({ step, improved }, heldOut, isGuess) {
      const [loss, ...rest] = describeHeldOut(heldOut) as [Part, ...Part[]];
      const verdict = improved ? [green('best so far')] : isGuess ? ['no better than guessing'] : [];
      const parts = [{ text: `update ${step}` }, { text: `held out: ${loss.text}` }, ...rest];
      display.line(fitted([...parts, ...verdict.map((text) => ({ text }))], stderr.columns()));
    },
    saved: () => {},
    interrupted: () => display.line('stopping after this update (again to stop at once, without saving) …'),
    close: () => display.clear(),
    curve(lines) {
      const chart = lossChart(lines, 'loss by update, nats per token');
      if (chart === undefined) return;
      display.clear();
      const width = Math.min(80, Math.max(40, stdout.columns())) - 1;
      stdout.write(`${toText(chart, { width, height: 10, color: stdout.colours.isColorSupported })}\n\n`);
    },
    end({ reason, step, heldOut, folder, sample, resume }) {
      if (reason === 'interrupted') {
        display.line(`stopped and saved after update ${step}. To go on:`);
        display.verbatim(`  ${bold(resume)}`);
        return;
      }
      display.clear();
      if (heldOut !== undefined) stdout.write(`held out: ${fitted(describeHeldOut(heldOut), 70)}\n`);
      stdout.write(`saved in ${folder}\nto sample: ${stdout.colours.bold(sample)}\n`);
    },
  };
}

/** `loss 1.700`, `2.453 bits/char`, `perplexity 5.474`; `2.1 % unknown` in place of bits per character where that is not 0. */
function describeHeldOut({ loss, bitsPerCharacter, perplexity, unknownShare }: HeldOut): Part[] {
  const short = perplexity < 1e5 ? `${Number(perplexity.toPrecision(4))}` : perplexity.toExponential(2);
  return [
    { text: `loss ${loss.toFixed(3)}` },
    ...(bitsPerCharacter === null
      ? [{ text: `${formatShare(unknownShare)} unknown` }]
      : [{ text: `${bitsPerCharacter.toFixed(3)} bits/char`, spare: true }]),
    // Above a loss of 709 it is more than a number can hold.
    ...(Number.isFinite(perplexity) ? [{ text: `perplexity ${short}`, spare: true }] : []),
  ];
}
