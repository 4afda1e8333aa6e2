import { fileURLToPath } from 'node:url';
import type { Command } from './child.ts';
import type { Options } from './options.ts';

/** A contender: its name and command, or why it is unavailable. */
export interface Entrant {
  readonly name: string;
  readonly command: Command | { readonly reason: string };
}

export const OURS = 'Elman';
/** The cell of `@elman/cells` beside the same as a step. */
export const BUILT_IN = 'built-in';

/** All contenders, Elman first. */
export function entrants(options: Options): Entrant[] {
  const all: Entrant[] = [
    { name: OURS, command: ours(options) },
    { name: 'tf.layers', command: node('tf-layers', options) },
    { name: 'tf.layers-completed', command: node('tf-layers', options, 'completed') },
    { name: 'brain.js', command: node('brain', options) },
    { name: 'PyTorch', command: python('torch_step', options, openMp(options)) },
  ];
  return all.filter(({ name }) => name === OURS || options.peers.includes(name));
}

/** The contenders with a cell of one's own, Elman first. */
export function ownCellEntrants(options: Options, hasBuiltIn: boolean): Entrant[] {
  const all: Entrant[] = [
    { name: OURS, command: node('own-cell', options) },
    // XLA sizes its pool of threads by PJRT_NPROC; its flags limit only some of its work.
    {
      name: 'JAX',
      command: python('own_cells_jax', options, { JAX_PLATFORMS: 'cpu', PJRT_NPROC: `${options.threads}` }),
    },
    { name: 'PyTorch', command: python('own_cells_torch', options, openMp(options)) },
  ];
  const taking = all.filter(({ name }) => name === OURS || options.peers.includes(name));
  return hasBuiltIn ? [...taking, { name: BUILT_IN, command: node('own-cell', options) }] : taking;
}

/** Elman alone. */
export function ours(options: Options): Command {
  return node('ours', options);
}

/** A cell of `@elman/cells` alone. */
export function cell(options: Options): Command {
  return node('cell', options);
}

/** An output layer alone. */
export function output(options: Options): Command {
  return node('output', options);
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

function python(script: string, options: Options, env: NonNullable<Command['env']>): Entrant['command'] {
  if (options.python === undefined) return { reason: 'no Python given' };
  const file = fileURLToPath(new URL(`../bench/${script}.py`, import.meta.url));
  return { args: [...pinned(options), options.python, file], env };
}

/** What PyTorch's threads go by. */
function openMp({ cpus, threads }: Options): NonNullable<Command['env']> {
  const places = cpus.map((cpu) => `{${cpu}}`).join(',');
  const bound: { [name: string]: string } = places === '' ? {} : { OMP_PROC_BIND: 'true', OMP_PLACES: places };
  return { OMP_NUM_THREADS: `${threads}`, ...bound };
}

function pinned({ cpus }: Options): string[] {
  return cpus.length === 0 ? [] : ['taskset', '-c', cpus.join(',')];
}
