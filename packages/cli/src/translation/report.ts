import type { EvaluationEvent, UpdateEvent } from '@elman/train';
import { sameCommand } from '../exit.ts';
import { formatSeconds } from '../format.ts';
import { Pace } from '../pace.ts';
import { ProgressDisplay, smoothed } from '../progress.ts';
import { stderr, writeJson } from '../terminal.ts';
import { formatShare } from '../unknown.ts';
import type { TranslationSettings } from './settings.ts';
import type { TranslationResult } from './train-pairs.ts';

/** What a run begins with. */
interface StartEvent {
  readonly settings: TranslationSettings;
  readonly parameters: number;
  readonly pairs: number;
  readonly heldOut: number;
  readonly step: number;
}

/** The listener to the progress of a run. */
export interface TranslationReport {
  start(event: StartEvent): void;
  update(event: UpdateEvent): void;
  evaluation(event: EvaluationEvent): void;
  interrupted(): void;
  stopped(): void;
  end(result: TranslationResult, folder: string): void;
  close(): void;
}

/** One JSON object a line on standard output. */
export function jsonReport(): TranslationReport {
  return {
    start: (event) => writeJson({ event: 'start', ...event }),
    update: ({ step, loss, gradientNorm }) => writeJson({ event: 'update', step, loss, gradientNorm }),
    evaluation: ({ step, loss, improved }) => writeJson({ event: 'evaluation', step, loss, improved }),
    interrupted: () => {},
    stopped: () => {},
    end: (result, folder) => writeJson({ event: 'result', ...result, folder }),
    close: () => {},
  };
}

/** Progress on standard error: standard output is for translations. */
export function humanReport(): TranslationReport {
  const { bold, dim, green } = stderr.colours;
  const display = new ProgressDisplay(stderr);
  const smooth = smoothed(0.97);
  let pace: Pace | undefined;
  return {
    start({ settings, parameters, pairs, heldOut, step }) {
      const { cell, layers, hidden, attention, updates } = settings;
      pace = new Pace({ updates, seconds: null }, step);
      const kind = `${layers > 1 ? `${layers} × ` : ''}${cell} of ${hidden}, attention: ${attention}`;
      const count = (n: number): string => n.toLocaleString('en');
      display.line(`${bold(kind)}, ${count(parameters)} parameters`);
      display.line(dim(`${count(pairs)} pairs, ${count(heldOut)} held out`));
      if (step > 0) display.line(dim(`goes on after update ${step}`));
    },
    update(event) {
      display.show({ ...(pace as Pace).update(event.step, event.count), loss: smooth(event.loss) });
    },
    evaluation({ step, loss, improved }) {
      display.line(`update ${step} · held out: loss ${loss.toFixed(4)}${improved ? green(' · best so far') : ''}`);
    },
    interrupted: () => display.line('stopping after this update (again to stop at once, without saving) …'),
    stopped() {
      display.line('stopped and saved. To go on:');
      display.verbatim(`  ${bold(sameCommand())}`);
    },
    end({ exactMatch, characterErrorRate, chrF, loss, heldOut, unknownShare, seconds }, folder) {
      const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
      const parts = [
        ...(exactMatch === null ? [] : [`held out: ${percent(exactMatch)} of ${heldOut} right`]),
        ...(characterErrorRate === null ? [] : [`${percent(characterErrorRate)} of the characters wrong`]),
        ...(chrF === null ? [] : [`chrF ${chrF.toFixed(1)}`]),
        ...(loss === null ? [] : [`loss ${loss.toFixed(4)}`]),
        ...unknownOf('sources', unknownShare?.source),
        ...unknownOf('targets', unknownShare?.target),
      ];
      display.line([...(parts.length > 0 ? [parts.join(', ')] : []), formatSeconds(seconds)].join(' · '));
      display.verbatim(`saved in ${folder}`);
    },
    close: () => display.clear(),
  };
}

const unknownOf = (what: string, share = 0): string[] =>
  share === 0 ? [] : [`${formatShare(share)} of the ${what} unknown`];
