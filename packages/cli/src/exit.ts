import { shellQuote } from './format.ts';

/** Ends a command with an exit code other than 0, everything there was to say being said. */
export class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** A command line of `elman` to be typed or copied, as it was called: through npx or by itself. */
export function commandLine(...args: readonly string[]): string {
  const command = process.env.npm_command === 'exec' ? 'npx elman' : 'elman';
  return [command, ...args.map(shellQuote)].join(' ');
}
