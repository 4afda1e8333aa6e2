import type { WriteStream } from 'node:tty';
import pc from 'picocolors';
import { systemReason } from './errors.ts';

/** Colours that stand for kinds of things; each is the identity where colours are off. */
type Colours = ReturnType<typeof pc.createColors>;

/** A stream that people or programs read. */
export interface Output {
  readonly isTerminal: boolean;
  readonly colours: Colours;
  columns(): number;
  write(text: string): void;
}

/** Whether to colour: only on a terminal, and not with NO_COLOR (https://no-color.org) or a dumb one. */
export function wantsColours(
  isTerminal: boolean,
  environment: { readonly [name: string]: string | undefined },
): boolean {
  return isTerminal && !environment.NO_COLOR && environment.TERM !== 'dumb';
}

/** Wraps a stream of the process. */
function output(stream: NodeJS.WriteStream): Output {
  const isTerminal = stream.isTTY === true;
  return {
    isTerminal,
    colours: pc.createColors(wantsColours(isTerminal, process.env)),
    columns: () => (stream as WriteStream).columns || 80,
    write: (text) => void stream.write(text),
  };
}

/** Results go here. */
export const stdout: Output = output(process.stdout);
/** Progress and errors go here. */
export const stderr: Output = output(process.stderr);

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
 * Ends the process when its output goes nowhere: silently where the reader has gone, as behind `| head`, else with one
 * line and exit code 1. Progress that cannot be written is no reason to end a run.
 */
export function guardOutput(): void {
  if (isGuarded) return;
  isGuarded = true;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    stderr.write(`elman: standard output: ${systemReason(error) ?? error.message}; send it elsewhere.\n`);
    process.exit(1);
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
  });
}
