import type { WriteStream } from 'node:tty';
import pc from 'picocolors';
import { systemReason } from './errors.ts';
import { Exit, OUTPUT_LOST } from './exit.ts';
import { Sink } from './sink.ts';

/** Colours that stand for kinds of things; each is the identity where colours are off. */
type Colours = ReturnType<typeof pc.createColors>;

/** A stream that people or programs read. */
export interface Output {
  readonly isTerminal: boolean;
  readonly colours: Colours;
  columns(): number;
  write(text: string): void;
  /** Waits until the reader keeps up, between the parts of something that may be endless. */
  ready(): Promise<void>;
}

/** Whether to colour: only on a terminal, and not with NO_COLOR (https://no-color.org) or a dumb one. */
export function wantsColours(
  isTerminal: boolean,
  environment: { readonly [name: string]: string | undefined },
): boolean {
  return isTerminal && !environment.NO_COLOR && environment.TERM !== 'dumb';
}

/** Wraps a stream of the process. */
function output(stream: NodeJS.WriteStream, sink: Sink): Output {
  const isTerminal = stream.isTTY === true;
  return {
    isTerminal,
    colours: pc.createColors(wantsColours(isTerminal, process.env)),
    columns: () => (stream as WriteStream).columns || 80,
    write: (text) => sink.write(text),
    ready: () => sink.ready(),
  };
}

const results: Sink = new Sink(process.stdout, false, {
  failed(error) {
    if (results.isLog) return warn(`standard output: ${reasonOf(error)}; the run goes on without it.`);
    if (error.code === 'EPIPE') process.exit(0);
    warn(`standard output: ${reasonOf(error)}; send it elsewhere.`);
    process.exit(1);
  },
  behind: () => warn('standard output: its reader does not keep up; the run goes on, and lines are left out.'),
});
/** Messages that cannot be shown are no reason to end anything. */
const messages: Sink = new Sink(process.stderr, true, { failed() {}, behind() {} });

const reasonOf = (error: NodeJS.ErrnoException): string =>
  error.code === 'EPIPE' ? 'its reader has gone' : (systemReason(error) ?? error.message);

/** Results go here. */
export const stdout: Output = output(process.stdout, results);
/** Progress and errors go here. */
export const stderr: Output = output(process.stderr, messages);

/** A line about something that does not end the command. It takes the place of a progress line that stands there. */
export function warn(text: string): void {
  stderr.write(`${stderr.isTerminal ? '\r\u001b[K' : ''}elman: ${text}\n`);
}

/** One JSON object a line, for machines. What some readers take for the end of a line is escaped. */
export function writeJson(value: object): void {
  const json = JSON.stringify(value).replaceAll(
    /[\u0085\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  stdout.write(`${json}\n`);
}

let isGuarded = false;

/**
 * Begins a command, whose output is what it is for: it ends with its output, silently where the reader has gone, as
 * behind `| head`, else with one line and exit code 1.
 */
export function beginOutput(): void {
  results.isLog = false;
  if (isGuarded) return;
  isGuarded = true;
  results.guard();
  messages.guard();
}

/**
 * Says whether standard output is a log from now on: of a run, which is saved and goes on without a reader.
 * @throws {Exit} if it no longer is one, and cannot be written.
 */
export function treatOutputAsLog(isLog: boolean): void {
  results.isLog = isLog;
  if (!isLog && results.hasFailed) throw new Exit(OUTPUT_LOST);
}

/** Milliseconds without a sign of the reader after which a run that is done does not wait for it. */
const PATIENCE = 10_000;

/** Ends a command: gives its exit code. The readers of a log are not waited for if they do not read. */
export async function endOutput(code: number): Promise<number> {
  if (results.isLog) {
    const [all] = await Promise.all([results.flushed(PATIENCE), messages.flushed(PATIENCE)]);
    if (!all) warn('standard output: its reader does not read; the end of the log is left out.');
  }
  return code === 0 && results.isIncomplete ? OUTPUT_LOST : code;
}

/** Whether output that is not waited for would keep the process from ending. */
export function isOutputStuck(): boolean {
  return results.isLog && (results.isWaiting || messages.isWaiting);
}
