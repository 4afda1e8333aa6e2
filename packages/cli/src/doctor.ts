import { availableParallelism, cpus } from 'node:os';
import { type BackendName, type BackendReport, defaultOrder, probeBackends, selectBackend } from '@elman/backend';
import { kernelReport } from '@elman/kernels';
import { allowExperimentalSimd } from './backend.ts';
import { formatCount, formatTable } from './format.ts';
import { stdout, writeJson } from './terminal.ts';
import { ownDependencies, ownVersion, packageVersion } from './versions.ts';

/** The command line of `elman doctor`. */
export interface DoctorArguments {
  json?: boolean;
}

/** Shows which backends run here, how fast, why the others do not, and the versions of everything. */
export async function doctor({ json }: DoctorArguments): Promise<void> {
  allowExperimentalSimd();
  const backends = await probeBackends();
  const chosen = choice(backends);
  const isReady = backends.some(({ name, state }) => name === chosen && state === 'ready');
  if (isReady) await selectBackend(chosen as BackendName);
  const machine = {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    kernels: isReady ? kernelReport().sequences : 'none',
  };
  const packages = Object.fromEntries(
    ['@elman/cli', ...ownDependencies(), '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu']
      .map((name) => [name, name === '@elman/cli' ? ownVersion() : packageVersion(name)] as const)
      .filter(([, version]) => version !== undefined),
  );
  if (json) return writeJson({ ...machine, backends, chosen, packages });
  const { bold } = stdout.colours;
  const lines = [
    ...backendTable(backends),
    '',
    chosen === undefined
      ? 'No backend can be used here.'
      : `Without --backend, ${bold(chosen)} is taken${process.env.ELMAN_BACKEND ? ' (ELMAN_BACKEND)' : ': the first that is ready'}.`,
    'GFLOP/s is the rate of large products of matrices alone. cpu and wasm compute those alike; the other ops are JavaScript on cpu.',
    '',
    ...formatTable(Object.entries(machine).map(([name, value]) => [name, `${value}`])),
    ...formatTable(Object.entries(packages).map(([name, version]) => [name, `${version}`])),
  ];
  stdout.write(`${lines.join('\n')}\n`);
}

function backendTable(backends: readonly BackendReport[]): string[] {
  const { bold, dim, green } = stdout.colours;
  return formatTable([
    ['backend', 'state', 'GFLOP/s', ''].map(bold),
    ...inOrder(backends).map((report) =>
      report.state === 'ready'
        ? [report.name, green('ready'), formatCount(report.gigaflops), report.device]
        : [report.name, dim('unavailable'), dim('–'), dim(report.reason)],
    ),
  ]);
}

/** Backends that are tried by default come first, best first. */
function inOrder(backends: readonly BackendReport[]): BackendReport[] {
  const order = defaultOrder();
  const place = ({ name }: BackendReport): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return backends.toSorted((a, b) => place(a) - place(b));
}

/** The first of the usual order that is ready. */
function choice(backends: readonly BackendReport[]): string | undefined {
  const ready = new Set(backends.filter(({ state }) => state === 'ready').map(({ name }) => name));
  return process.env.ELMAN_BACKEND ?? defaultOrder().find((name) => ready.has(name));
}
