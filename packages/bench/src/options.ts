import { parseArgs } from 'node:util';

/** Options of a run. */
export interface Options {
  readonly backend: string;
  readonly only: readonly string[];
  /** With `ownCells`: hidden size/batch/frames. */
  readonly sizes: readonly string[];
  readonly peers: readonly string[];
  /** How long to measure each row, all contenders together. */
  readonly seconds: number;
  readonly quick: boolean;
  readonly sweep: boolean;
  readonly memories: boolean;
  readonly outputs: boolean;
  readonly ownCells: boolean;
  readonly cells: boolean;
  /** Two files, train and test; none: not this benchmark. */
  readonly ngram: readonly string[];
  readonly json: string | undefined;
  /** Prefix of the names of chart files. */
  readonly svg: string | undefined;
  readonly python: string | undefined;
  readonly threads: number;
  /** With `ownCells` perhaps several, a table each; else the only one. */
  readonly threadCounts: readonly number[];
  readonly experimentalSimd: boolean;
  /** Processors that every contender is pinned to; none: not pinned. */
  readonly cpus: readonly number[];
  readonly nodeFlags: readonly string[];
}

/** Peers by default. */
const DEFAULT_PEERS: readonly string[] = ['tf.layers', 'brain.js', 'PyTorch'];
/** All of them; `tf.layers-completed` runs on the backend as `@elman/backend` completes it. */
const PEERS: readonly string[] = [...DEFAULT_PEERS, 'tf.layers-completed'];
const OWN_CELL_PEERS: readonly string[] = ['JAX', 'PyTorch'];

export const HELP: string = `npm run bench -- [options]

  --backend NAME       backend of TensorFlow.js: wasm (default), cpu, node, node-gpu
  --only W1,W4         these workloads (G1 means all of G1), with --cells and --own-cells these cells; default: all
  --peers LIST         of ${PEERS.join(', ')}, or none;
                       default: ${DEFAULT_PEERS.join(',')}; with --own-cells ${OWN_CELL_PEERS.join(',')}
  --python PATH        a Python that has torch, and jax for --own-cells; default: ELMAN_PYTHON; without one they are left out
  --threads N          threads of PyTorch, JAX and our kernels; default: 1; with --own-cells also 1,2: a table each
  --experimental-simd  let our kernels use SIMD that V8 hides behind flags, as the command elman does
  --cpus 0,1           pin every contender to these processors (Linux, taskset); default: not pinned
  --seconds N          time to measure each row in, all contenders together; default: 20
  --quick              every row with tiny repeat counts, large ones scaled down: does it run, not how fast
  --sweep              instead of the table: time of a step over the length of the sequence, at the sizes of W1
  --memories           instead of the table: time and memory of an access to a memory over its slots
  --outputs            instead of the table: output layers of a language model of 10,000 words, against its softmax
  --own-cells          instead of the table: cells written as a step alone, against JAX and PyTorch
  --cells              instead of the table: every cell of @elman/cells, forward and backward, against its LSTM
  --ngram TRAIN,TEST   instead of the table: perplexity of n-gram models of words, and the speed of counting
  --sizes 128/50/50    with --own-cells: hidden size/batch/frames, a list
  --json FILE          writes the results, every time among them, as JSON too
  --svg NAME           with --memories: its curves, as NAME-time.svg and NAME-memory.svg
  --node-flags LIST    flags for the Node of every contender: --node-flags=--max-semi-space-size=64
`;

/** Reads the command line. Throws a RangeError or TypeError with a one-line message. */
export function parseOptions(
  args: readonly string[],
  env: { readonly [name: string]: string | undefined },
): Options & {
  readonly help: boolean;
} {
  const { values } = parseArgs({
    args: [...args],
    options: {
      backend: { type: 'string', default: 'wasm' },
      only: { type: 'string', default: '' },
      sizes: { type: 'string', default: '' },
      peers: { type: 'string' },
      python: { type: 'string' },
      threads: { type: 'string', default: '1' },
      'experimental-simd': { type: 'boolean', default: false },
      cpus: { type: 'string', default: '' },
      seconds: { type: 'string', default: '20' },
      quick: { type: 'boolean', default: false },
      sweep: { type: 'boolean', default: false },
      memories: { type: 'boolean', default: false },
      outputs: { type: 'boolean', default: false },
      'own-cells': { type: 'boolean', default: false },
      cells: { type: 'boolean', default: false },
      ngram: { type: 'string', default: '' },
      json: { type: 'string' },
      svg: { type: 'string' },
      'node-flags': { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  const ownCells = values['own-cells'];
  const threadCounts = list(values.threads).map((count) => expectNumber('--threads', count, Number.isSafeInteger));
  const [threads] = threadCounts;
  if (threads === undefined || (threadCounts.length > 1 && !ownCells)) {
    throw new RangeError(`--threads: expected a number above 0, got ${values.threads}; only --own-cells takes a list.`);
  }
  return {
    backend: values.backend,
    only: list(values.only),
    sizes: list(values.sizes),
    peers: peersOf(values.peers, ownCells ? OWN_CELL_PEERS : PEERS, ownCells ? OWN_CELL_PEERS : DEFAULT_PEERS),
    python: values.python ?? (env.ELMAN_PYTHON || undefined),
    threads,
    threadCounts,
    experimentalSimd: values['experimental-simd'],
    cpus: list(values.cpus).map((cpu) => expectNumber('--cpus', cpu, Number.isSafeInteger, 0)),
    seconds: expectNumber('--seconds', values.seconds, Number.isFinite),
    quick: values.quick,
    sweep: values.sweep,
    memories: values.memories,
    outputs: values.outputs,
    ownCells,
    cells: values.cells,
    ngram: list(values.ngram),
    json: values.json,
    svg: values.svg,
    nodeFlags: list(values['node-flags']),
    help: values.help,
  };
}

function list(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function peersOf(text: string | undefined, known: readonly string[], byDefault: readonly string[]): readonly string[] {
  if (text === undefined) return byDefault;
  const names = text === 'none' ? [] : list(text);
  const stranger = names.find((name) => !known.includes(name));
  if (stranger === undefined) return names;
  throw new RangeError(`--peers: expected some of ${known.join(', ')} or none, got ${stranger}.`);
}

function expectNumber(
  option: string,
  text: string,
  test: (value: number) => boolean,
  least = Number.MIN_VALUE,
): number {
  const value = Number(text);
  if (text.trim() !== '' && test(value) && value >= least) return value;
  throw new RangeError(
    `bench: ${option}: expected a ${least === 0 ? 'number from 0' : 'number above 0'}, got ${text}.`,
  );
}
