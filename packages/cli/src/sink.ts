import { setTimeout as delay } from 'node:timers/promises';

/** What may wait for the reader of a log, in characters, before lines are left out. */
const MOST_WAITING = 2 ** 20;
/** How often it is looked whether less waits, in milliseconds. */
const LOOK = 20;

/** Hears what becomes of what is written. */
export interface SinkListener {
  /** The stream has failed: nothing that is written from now on arrives. */
  failed(error: NodeJS.ErrnoException): void;
  /** The reader is so far behind that a line was left out, for the first time. */
  behind(): void;
}

/**
 * A stream that may end before the work does: its reader goes, its disk is full, its terminal is closed. It tells its
 * listener once, and ignores what is written afterwards. Writing to a pipe whose reader does not read never blocks.
 */
export class Sink {
  /** Whether what is written is a log, of which lines are left out where too much waits for the reader. */
  isLog: boolean;
  readonly #stream: NodeJS.WriteStream;
  readonly #listener: SinkListener;
  #hasFailed = false;
  #isBehind = false;

  constructor(stream: NodeJS.WriteStream, isLog: boolean, listener: SinkListener) {
    this.#stream = stream;
    this.isLog = isLog;
    this.#listener = listener;
  }

  /** Whether it takes nothing more. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Whether something that was written is lost. */
  get isIncomplete(): boolean {
    return this.#hasFailed || this.#isBehind;
  }

  /** Whether something that was written waits for the reader. */
  get isWaiting(): boolean {
    return !this.#hasFailed && this.#stream.writableLength > 0;
  }

  /** Listens to the errors of the stream. */
  guard(): void {
    this.#stream.on('error', (error) => this.#fail(error));
  }

  write(text: string): void {
    if (this.#hasFailed) return;
    if (this.isLog && this.#stream.writableLength > MOST_WAITING) {
      if (!this.#isBehind) this.#listener.behind();
      this.#isBehind = true;
      return;
    }
    try {
      this.#stream.write(text);
    } catch (error) {
      this.#fail(error as NodeJS.ErrnoException); // Early versions of Node 20 throw where a file cannot be written.
    }
  }

  /** Waits until the reader keeps up again, for what has no end. */
  async ready(): Promise<void> {
    if (this.#hasFailed || !this.#stream.writableNeedDrain) return;
    await new Promise((resolve) => this.#stream.once('drain', resolve));
  }

  /**
   * Waits until all that was written has arrived, but not longer than so many milliseconds in which nothing does. Returns
   * whether it has.
   */
  async flushed(patience: number): Promise<boolean> {
    let waiting = Number.POSITIVE_INFINITY;
    for (let idle = 0; this.isWaiting && idle < patience; idle += LOOK) {
      if (this.#stream.writableLength < waiting) idle = 0;
      waiting = this.#stream.writableLength;
      await delay(LOOK);
    }
    if (this.isWaiting) this.#isBehind = true;
    return !this.isWaiting;
  }

  #fail(error: NodeJS.ErrnoException): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#listener.failed(error);
  }
}
