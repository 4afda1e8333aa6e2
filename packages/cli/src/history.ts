import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Files } from '@elman/checkpoint';
import { json } from '@elman/core';
import type { UpdateEvent } from '@elman/train';
import { systemReason } from './errors.ts';
import { warn } from './terminal.ts';

const LINE = json.record({
  step: json.size,
  loss: json.number,
  heldOut: json.optional(json.number),
  learningRate: json.number,
  gradientNorm: json.number,
  seconds: json.number,
});

/** The file in the folder of a run: one JSON object a line, a line for each update. */
export const HISTORY = 'history.jsonl';

/** What is noted of an update. */
export type HistoryLine = {
  readonly step: number;
  /** Of the batch, before the update. */
  readonly loss: number;
  /** On what is held out, after the update, where it was measured. */
  readonly heldOut?: number | undefined;
  readonly learningRate: number;
  readonly gradientNorm: number;
  /** Of training, over all the times that the run was begun. */
  readonly seconds: number;
};

/** The line of an update: `rate` is the schedule of the run, `seconds` the time of training so far. */
export function lineOf(
  { step, loss, gradientNorm, scale }: UpdateEvent,
  rate: (step: number) => number,
  seconds: number,
): HistoryLine {
  return { step, loss, learningRate: scale * rate(step - 1), gradientNorm, seconds: Number(seconds.toFixed(3)) };
}

/**
 * The course of a run in a file. That of a new run is saved with its first checkpoint; later lines are written before
 * each checkpoint, and cut back to the checkpoint when the run is resumed: every update stands there once, whenever
 * the process was killed.
 */
export class History {
  readonly #path: string;
  /** Lines to be written at `#offset`: those that are new, and the last one before, which a held-out loss may still join. */
  #pending: HistoryLine[];
  #offset: number;
  /** Whether the file is that of this run. */
  #isSaved: boolean;
  #hasFailed = false;

  private constructor(path: string, isSaved: boolean, offset: number, pending: HistoryLine[]) {
    this.#path = path;
    this.#isSaved = isSaved;
    this.#offset = offset;
    this.#pending = pending;
  }

  /** Of a new run. Nothing is written yet. */
  static begin(folder: string): History {
    return new History(join(folder, HISTORY), false, 0, []);
  }

  /** Of a run that resumes after so many updates: later lines of a killed process are cut off. */
  static async resume(folder: string, step: number): Promise<History> {
    const lines = (await readHistory(folder)).filter((line) => line.step <= step);
    const last = lines.pop();
    const history = new History(join(folder, HISTORY), true, bytesOf(lines).length, last === undefined ? [] : [last]);
    await history.write();
    return history;
  }

  /** Seconds of training up to the last line. */
  get seconds(): number {
    return this.#pending.at(-1)?.seconds ?? 0;
  }

  update(line: HistoryLine): void {
    this.#pending.push(line);
  }

  /** The loss on what is held out after the last update. */
  evaluation(step: number, heldOut: number): void {
    const last = this.#pending.at(-1);
    if (last?.step === step) this.#pending[this.#pending.length - 1] = { ...last, heldOut };
  }

  /** Writes the lines so far, and saves a checkpoint. `save` is given the file of a new run, to be saved with the others. */
  async save(save: (logs: Files) => Promise<void>): Promise<void> {
    if (this.#isSaved) {
      await this.write();
      await save({});
      return;
    }
    const bytes = bytesOf(this.#pending);
    await save({ [HISTORY]: bytes });
    this.#isSaved = true;
    this.#written(bytes);
  }

  /** Writes the lines so far. If it cannot, that is said once, and they are written the next time: a log ends no run. */
  async write(): Promise<void> {
    const bytes = bytesOf(this.#pending);
    try {
      const file = await open(this.#path, constants.O_RDWR | constants.O_CREAT);
      try {
        for (let done = 0; done < bytes.length; ) {
          done += (await file.write(bytes, done, bytes.length - done, this.#offset + done)).bytesWritten;
        }
        await file.truncate(this.#offset + bytes.length);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      const reason = systemReason(error) ?? (error as Error).message;
      if (!this.#hasFailed) warn(`${this.#path}: not written: ${reason}; the run goes on without it.`);
      this.#hasFailed = true;
      return;
    }
    this.#written(bytes);
  }

  /** Notes that the pending lines are in the file. */
  #written(bytes: Uint8Array): void {
    const last = this.#pending.at(-1);
    if (last === undefined) return;
    this.#offset += bytes.length - bytesOf([last]).length;
    this.#pending = [last];
  }
}

/** The lines of a run's history as far as they are whole and in order; none if there is no such file. */
export async function readHistory(folder: string): Promise<HistoryLine[]> {
  return historyLines(await readFile(join(folder, HISTORY), 'utf8').catch(() => ''));
}

/** The lines in the text of a history as far as they are whole and in order. */
export function historyLines(text: string): HistoryLine[] {
  const lines: HistoryLine[] = [];
  for (const written of text.split('\n').slice(0, -1)) {
    const line = parsed(written);
    if (line === undefined || line.step <= (lines.at(-1)?.step ?? 0)) break;
    lines.push(line);
  }
  return lines;
}

function parsed(text: string): HistoryLine | undefined {
  try {
    const line = JSON.parse(text) as HistoryLine;
    return LINE(line) === undefined ? line : undefined;
  } catch {
    return undefined;
  }
}

const bytesOf = (lines: readonly HistoryLine[]): Uint8Array =>
  new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
