import type { TextScore } from '@elman/metrics';
import type { EvaluationEvent, UpdateEvent } from '@elman/train';
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

/** Whom a run tells how it goes. */
export interface Report {
  start(event: StartEvent): void;
  update(event: UpdateEvent, progress: Omit<Progress, 'loss' | 'bitsPerCharacter'>): void;
  evaluation(event: EvaluationEvent, heldOut: HeldOut): void;
  saved(step: number): void;
  interrupted(): void;
  end(event: EndEvent): void;
  /** Leaves the terminal to whoever writes next, however the run ended. */
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
    evaluation({ step, improved }, heldOut) {
      display.line(`update ${step} · held out: ${describeHeldOut(heldOut)}${improved ? green(' · best so far') : ''}`);
    },
    saved: () => {},
    interrupted: () => display.line('stopping after this update (again to stop at once, without saving) …'),
    close: () => display.clear(),
    end({ reason, step, heldOut, folder, sample, resume }) {
      if (reason === 'interrupted') {
        display.line(`stopped and saved after update ${step}. To go on:`);
        display.line(`  ${bold(resume)}`);
        return;
      }
      display.clear();
      if (heldOut !== undefined) stdout.write(`held out: ${describeHeldOut(heldOut)}\n`);
      stdout.write(`saved in ${folder}\nto sample: ${stdout.colours.bold(sample)}\n`);
    },
  };
}

/** `loss 1.700 · 2.453 bits/char · perplexity 5.474`, or `loss 1.700 · perplexity 5.474 · 2.1 % unknown`. */
function describeHeldOut({ loss, bitsPerCharacter, perplexity, unknownShare }: HeldOut): string {
  const short = perplexity < 1e5 ? `${Number(perplexity.toPrecision(4))}` : perplexity.toExponential(2);
  if (bitsPerCharacter === null) {
    return `loss ${loss.toFixed(3)} · perplexity ${short} · ${formatShare(unknownShare)} unknown`;
  }
  return `loss ${loss.toFixed(3)} · ${bitsPerCharacter.toFixed(3)} bits/char · perplexity ${short}`;
}
