import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { digits } from './markdown.ts';
import type { Options } from './options.ts';
import type { Peak } from './protocol.ts';

/** When, where and how a run was made. */
export interface Circumstances {
  readonly date: string;
  readonly processor: string;
  readonly processors: number;
  readonly memoryBytes: number;
  readonly system: string;
  /** Other load at the start of the run: the one-minute load average. */
  readonly loadAverage: number;
  readonly command: string;
  readonly node: string;
  readonly peak: Peak | undefined;
}

/** Date, machine and software of a run that begins now. */
export function circumstances(args: readonly string[], peak: Peak | undefined): Circumstances {
  return {
    date: new Date().toISOString(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    processors: cpus().length,
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
    loadAverage: loadavg()[0] ?? 0,
    command: ['npm run bench --', ...args].join(' '),
    node: process.version,
    peak,
  };
}

/** When, on which machine, and with which software. */
export function describeMachine(
  of: Circumstances,
  versions: { readonly [name: string]: string },
  { nodeFlags }: Options,
): string {
  const memory = `${(of.memoryBytes / 1e9).toFixed(0)} GB`;
  const lines = [
    `- ${of.date}, \`${of.command}\``,
    `- ${of.processor}, ${of.processors} processors, ${memory}, ${of.system}; load average ${of.loadAverage.toFixed(2)}`,
    `- ${Object.entries({ Node: of.node, ...versions })
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}${nodeFlags.length === 0 ? '' : `, ${nodeFlags.join(' ')}`}`,
  ];
  return lines.join('\n');
}

/** The head of the report. */
export function describeCircumstances(
  of: Circumstances,
  versions: { readonly [name: string]: string },
  options: Options,
): string {
  const { backend, threadCounts, cpus: pinned, quick } = options;
  const { peak } = of;
  const lines = [
    describeMachine(of, versions, options),
    `- backend ${backend}${peak ? ` (${peak.device}), peak ${digits(peak.gigaflops)} GFLOP/s: products of ${peak.size} × ${peak.size}` : ''}`,
    `- threads: ${threadCounts.join(', ')}; ${pinned.length === 0 ? 'not pinned' : `pinned to processors ${pinned.join(', ')}`}`,
  ];
  if (quick) lines.push('- **quick**: few repeats, large workloads scaled down; shows that it runs, not how fast');
  return lines.join('\n');
}
