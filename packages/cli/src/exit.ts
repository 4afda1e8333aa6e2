import { shellQuote } from './format.ts';

/** The exit code of a run that is done and saved, whose log on standard output is not whole: EX_IOERR of sysexits.h. */
export const OUTPUT_LOST = 74;

/** Ends a command with an exit code other than 0, everything there was to say being said. */
export class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** The command line that this process was given, without `node` and the script. */
let given: readonly string[] = [];

/** Notes what was typed, for `sameCommand`. */
export function rememberCommand(args: readonly string[]): void {
  given = args;
}

/** What was typed, to be typed again; without `--overwrite`, which would begin anew instead of going on. */
export function sameCommand(): string {
  return commandLine(...given.filter((arg) => arg !== '--overwrite'));
}

/**
 * A command line of `elman` to be typed or copied. npm, npx and pnpm set `npm_command`; then `elman` may not be on the
 * path.
 */
export function commandLine(...args: readonly string[]): string {
  const command = process.env.npm_command ? 'npx @elman/cli' : 'elman';
  return [command, ...args.map(shellQuote)].join(' ');
}
