import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Ready, Reply, Request, Times, Unavailable } from './protocol.ts';

/** A command line and what is added to the environment. */
export interface Command {
  readonly args: readonly string[];
  readonly env?: { readonly [name: string]: string };
}

/** Timeout of a contender's reply. */
const PATIENCE = 600_000;

/** A process that exchanges lines of JSON. */
export class Child {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #closed: Promise<void>;
  #complaints = '';

  constructor({ args, env }: Command) {
    const [file, ...rest] = args as [string, ...string[]];
    this.#process = spawn(file, rest, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#closed = new Promise((resolve) => {
      this.#process.on('close', () => resolve());
      this.#process.on('error', (error) => {
        this.#complaints += `${error.message}\n`;
        resolve();
      });
    });
    this.#process.stdin?.on('error', () => {});
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-4000);
    });
    const output = this.#process.stdout as NonNullable<ChildProcess['stdout']>;
    this.#lines = createInterface({ input: output })[Symbol.asyncIterator]();
  }

  /** Its next line of JSON. Throws if it ends or times out first, with the last line of its standard error. */
  async answer<T>(): Promise<T> {
    const timer = setTimeout(() => {
      this.#complaints += `no answer in ${PATIENCE / 1000} s\n`;
      this.#process.kill();
    }, PATIENCE);
    try {
      for (;;) {
        const { value, done } = await this.#lines.next();
        if (done) {
          await this.#closed;
          const { exitCode, signalCode } = this.#process;
          throw new Error(lastLine(this.#complaints) || `ended without an error message (${signalCode ?? exitCode})`);
        }
        if (value.startsWith('{')) return JSON.parse(value) as T;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  say(message: object): void {
    this.#process.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  /** Ends it and waits for its exit. */
  async stop(): Promise<void> {
    this.#process.kill();
    await this.#closed;
  }
}

/** A contender that is ready for a workload. */
export class Contender {
  readonly ready: Ready;
  /** From the start of its process to just before its first step. */
  readonly loadMilliseconds: number;
  readonly #child: Child;

  private constructor(child: Child, ready: Ready, loadMilliseconds: number) {
    this.#child = child;
    this.ready = ready;
    this.loadMilliseconds = loadMilliseconds;
  }

  /** Starts it. Throws if its process fails. */
  static async start(command: Command, setup: object): Promise<Contender | Unavailable> {
    const start = performance.now();
    const child = new Child({ ...command, args: [...command.args, JSON.stringify(setup)] });
    try {
      const reply = await child.answer<Reply>();
      if (reply.event === 'ready') {
        return new Contender(child, reply, performance.now() - start - reply.firstMilliseconds);
      }
      await child.stop();
      if (reply.event === 'unavailable') return reply;
      throw new Error(`expected ready, got ${reply.event}`);
    } catch (error) {
      await child.stop();
      throw error;
    }
  }

  /** The times of some steps. Throws if the process fails or what it computes is not finite. */
  async time(part: Request['part'], count: number): Promise<Times> {
    this.#child.say({ part, count } satisfies Request);
    const times = await this.#child.answer<Times>();
    // NaN and infinity arrive as null from Node, and cannot be parsed from Python.
    if (!Number.isFinite(times.value)) throw new Error(`${part}: expected a finite value, got ${times.value}`);
    return times;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}

/** The line that names the error: Node prints its stack after it. */
function lastLine(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.findLast((line) => /^\w*(Error|error)\b/.test(line)) ?? lines.findLast((line) => line !== '');
}
