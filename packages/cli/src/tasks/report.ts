import { toText } from '@elman/charts';
import type { Difficulty } from '@elman/core';
import type { EvaluationEvent, UpdateEvent } from '@elman/train';
import { sameCommand } from '../exit.ts';
import { formatSeconds, formatTable, wrapped } from '../format.ts';
import type { Pace } from '../pace.ts';
import { ProgressDisplay, smoothed } from '../progress.ts';
import { stderr, stdout, writeJson } from '../terminal.ts';
import { lengthChart } from './charts.ts';
import type { TaskReport, TaskResult } from './run-task.ts';
import type { TaskSettings } from './settings.ts';

/** A report that is left alone in the end. */
export interface ClosableReport extends TaskReport {
  interrupted(): void;
  close(): void;
}

/** One JSON object a line on standard output. */
export function jsonReport(): ClosableReport {
  return {
    start: (event) => writeJson({ event: 'start', ...event }),
    update: ({ step, loss, gradientNorm }) => writeJson({ event: 'update', step, loss, gradientNorm }),
    evaluation: ({ step, loss, improved, difficulty }) =>
      writeJson({ event: 'evaluation', step, loss, improved, difficulty }),
    interrupted: () => {},
    stopped: () => {},
    close: () => {},
  };
}

/** Progress on standard error. `pace` begins with each run. */
export function humanReport(paceOf: (settings: TaskSettings, step: number) => Pace): ClosableReport {
  const { bold, dim, green } = stderr.colours;
  const display = new ProgressDisplay(stderr);
  let smooth = smoothed(0.97);
  let pace: Pace | undefined;
  return {
    start({ settings, parameters, step }) {
      smooth = smoothed(0.97);
      pace = paceOf(settings, step);
      display.line(`${bold(titleOf(settings))}, ${parameters.toLocaleString('en')} parameters`);
      if (step > 0) display.line(dim(`goes on after update ${step}`));
    },
    update(event: UpdateEvent) {
      const progress = (pace as Pace).update(event.step, event.count);
      display.show({ ...progress, loss: smooth(event.loss) });
    },
    evaluation({ step, loss, improved, difficulty }: EvaluationEvent) {
      const parts = [`update ${step}`, `held out: loss ${short(loss)}`];
      if (improved) parts.push(green('best so far'));
      if (difficulty !== undefined) parts.push(`now at ${described(difficulty)}`);
      display.line(parts.join(' · '));
    },
    interrupted: () => display.line('stopping after this update (again to stop at once, without saving) …'),
    stopped(step) {
      display.line(`stopped and saved after update ${step}. To go on:`);
      display.verbatim(`  ${bold(sameCommand())}`);
    },
    close: () => display.clear(),
  };
}

/** `length 3, nesting 2`. */
function described(difficulty: Difficulty): string {
  return Object.entries(difficulty)
    .map(([parameter, value]) => `${parameter} ${value}`)
    .join(', ');
}

/** `parity 1–40: lstm of 64, seed 1`. */
function titleOf({ task, least, most, cell, hidden, layers, seed }: TaskSettings): string {
  const ranges = Object.entries(most).map(([parameter, high]) => {
    const low = least[parameter] as number;
    return `${parameter} ${low === high ? high : `${low}–${high}`}`;
  });
  return `${task}, ${ranges.join(', ')}: ${layers > 1 ? `${layers} × ` : ''}${cell} of ${hidden}, seed ${seed}`;
}

/** The scores by length as a table, the verdict, and where all of it is kept. */
export function writeResult(result: TaskResult, folder: string): void {
  const { bold, dim, green } = stdout.colours;
  const { score, baseline, byLength, settings, seconds } = result;
  const isTrained = (length: number): boolean => length >= settings.least.length && length <= settings.most.length;
  const isAnswered = score.answered !== undefined;
  const rows = byLength.map(({ length, accuracy, loss, answered, baseline }) => [
    `${length}${isTrained(length) ? ' (trained)' : ''}`,
    percent(accuracy),
    ...(answered === undefined ? [] : [percent(answered.accuracy), percent(answered.exactMatch)]),
    short(loss),
    dim(`${percent(baseline.accuracy)}, ${short(baseline.loss)}`),
  ]);
  const byItself = isAnswered ? ['by itself', 'all of a row'] : [];
  for (const line of formatTable([['length', 'right', ...byItself, 'loss', 'input-blind'], ...rows])) {
    stdout.write(`${line}\n`);
  }
  if (byLength.length > 1) {
    const width = Math.min(100, Math.max(40, stdout.columns() - 1));
    const text = toText(lengthChart(result), { width, height: 14, color: stdout.colours.isColorSupported });
    stdout.write(`\n${text}\n\n`);
  }
  const answered = score.answered && `, ${percent(score.answered.exactMatch)} of the rows by itself`;
  const parts = [
    `held out: ${percent(score.accuracy)} right${answered ?? ''}, loss ${short(score.loss)}`,
    `(input-blind ${percent(baseline.accuracy)}, ${short(baseline.loss)})`,
    `· ${result.solved ? green('solved') : bold('not solved')} (${result.rule}) · ${formatSeconds(seconds)}`,
  ];
  stdout.write(`${wrapped(parts.join(' '), stdout.columns())}\nsaved in ${folder}\n`);
}

/** 0.5 → `50.0 %`. */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

/** Four digits, and powers of ten where a number is small. */
export function short(x: number): string {
  const isPlain = x === 0 || (Math.abs(x) >= 0.001 && Math.abs(x) < 1e6);
  return isPlain ? `${Number(x.toPrecision(4))}` : x.toExponential(2);
}
