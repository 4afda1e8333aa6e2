import { fileURLToPath } from 'node:url';
import type { Command } from './child.ts';
import type { Options } from './options.ts';

/** A contender: its name and command, or why it is unavailable. */
export interface Entrant {
  readonly name: string;
  readonly command: Command | { readonly reason: string };
}

export const OURS = 'Elman';

/** All contenders, Elman first. */
export function entrants(options: Options): Entrant[] {
  const all: Entrant[] = [
    { name: OURS, command: ours(options) },
    { name: 'tf.layers', command: node('tf-layers', options) },
    { name: 'tf.layers-completed', command: node('tf-layers', options, 'completed') },
    { name: 'brain.js', command: node('brain', options) },
    { name: 'PyTorch', command: python(options) },
  ];
  return all.filter(({ name }) => name === OURS || options.peers.includes(name));
}

/** Elman alone. */
export function ours(options: Options): Command {
  return node('ours', options);
}

/** A memory alone; to count what it holds, it must be able to trigger garbage collection. */
export function memory(options: Options): Command {
  return node('memory', { ...options, nodeFlags: [...options.nodeFlags, '--expose-gc'] });
}

/** The process that measures the machine's peak. */
export function peak(options: Options): Command {
  return node('peak', options);
}

/** A script of this package, under the same Node and its flags: from source if this file runs from source. */
function node(script: string, options: Options, ...rest: string[]): Command {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const file = fileURLToPath(new URL(`./contenders/${script}.${extension}`, import.meta.url));
  return { args: [...pinned(options), process.execPath, ...process.execArgv, ...options.nodeFlags, file, ...rest] };
}

function python(options: Options): Entrant['command'] {
  if (options.python === undefined) return { reason: 'no Python given' };
  const file = fileURLToPath(new URL('../bench/torch_step.py', import.meta.url));
  const places = options.cpus.map((cpu) => `{${cpu}}`).join(',');
  const bound: { [name: string]: string } = places === '' ? {} : { OMP_PROC_BIND: 'true', OMP_PLACES: places };
  const env = { OMP_NUM_THREADS: `${options.threads}`, ...bound };
  return { args: [...pinned(options), options.python, file], env };
}

function pinned({ cpus }: Options): string[] {
  return cpus.length === 0 ? [] : ['taskset', '-c', cpus.join(',')];
}
