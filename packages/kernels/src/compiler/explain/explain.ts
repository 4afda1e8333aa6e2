import { type Cell, expectMethods, OptionError, Rng, type Tree, tree } from '@elman/core';
import { engine } from '@tensorflow/tfjs-core';
import { sharedWorkspace, type Workspace } from '../../simd/workspace.ts';
import { storages } from '../../storage.ts';
import { inOrder, NotCompilable, resultsOf, type StepGraph } from '../graph.ts';
import { makePlan } from '../plan/make-plan.ts';
import { shiftsFrames } from '../plan/shifts.ts';
import { stagesOf } from '../plan/stages.ts';
import { deviceHere, deviceStep } from '../shader/device-scan.ts';
import { simplify } from '../simplify/simplify.ts';
import { type AnyCell, isConstantOverTime, type StepShapes, traceStep } from '../trace/index.ts';
import type { CompiledForm, Explanation, Reason } from './explanation.ts';
import { keptOf, partsOf } from './parts.ts';
import { textOf } from './text.ts';
import { add, NO_WORK, type Sizes } from './work.ts';

/** Options of `explain`. */
export type ExplainOptions<C = void> = {
  /** Rows of the batch. */
  readonly batchSize: number;
  /** Frames of the sequence. */
  readonly time: number;
  /** For cells with a context: one for such a batch. */
  readonly context?: C | undefined;
  /** Whether there is a mask. Default false. */
  readonly masked?: boolean | undefined;
  /** Whether there is noise, as in training: `rng` is given. Default false. */
  readonly noisy?: boolean | undefined;
};

/**
 * How the sequence of a cell is computed and trained on the active backend: whether its step is compiled, and to what; if not, which op
 * and which line of the step are why.
 *
 *   console.log(explain(cell, { batchSize: 32, time: 100 }).text);
 *
 * The numbers say what a step is compiled to, not how long it takes.
 *
 * @throws {OptionError} if `cell` is not a cell, or `batchSize` or `time` is not a whole number from 1 on.
 * @throws {BackendError} if no backend is ready.
 */
export function explain<P extends Tree, S extends Tree, C = void>(
  cell: Cell<P, S, C>,
  { batchSize, time, context, masked = false, noisy = false }: ExplainOptions<C>,
): Explanation {
  expectMethods(
    'explain: cell',
    cell,
    ['init', 'initialState', 'step'],
    'a cell, such as lstm({ inputSize, hiddenSize })',
  );
  expectCounts({ batchSize, time });
  const { name } = cell;
  const params = cell.init(Rng.seeded(0));
  const state = cell.initialState(batchSize, context as C);
  try {
    const sizes = { batchSize, time };
    const given = { params, state, context, isMasked: masked, isNoisy: noisy };
    const found = compiledForm(cell as unknown as AnyCell, given, sizes);
    const [compiled, reason] =
      found instanceof NotCompilable ? [undefined, reasonOf(name, found)] : [found.form, undefined];
    const isScanned = cell.scan !== undefined && 'form' in found && found.shifts;
    const draws = compiled && drawsHere(cell as unknown as AnyCell, given);
    const isCompiledHere =
      draws !== undefined || (compiled !== undefined && !isScanned && engine().backendName in storages);
    const runsOn = draws ?? (isCompiledHere ? onProcessor(sharedWorkspace()) : byOps(cell.scan !== undefined));
    const facts = { cell: name, runsOn, isCompiledHere, compiled, reason };
    const text = textOf(facts, sizes);
    return { ...facts, text, toString: () => text };
  } finally {
    tree.dispose([params, state]);
  }
}

function expectCounts(counts: { readonly [name: string]: number }): void {
  for (const [name, count] of Object.entries(counts)) {
    if (Number.isInteger(count) && count > 0) continue;
    throw new OptionError(`explain: ${name}: expected a whole number from 1 on, got ${count}.`);
  }
}

type Found = { readonly form: CompiledForm; readonly shifts: boolean };

function compiledForm(cell: AnyCell, given: StepShapes, sizes: Sizes): Found | NotCompilable {
  try {
    const traced = traceStep(cell, given, { withLines: true });
    const graph = simplify(traced);
    const isConstantNoise = ({ draws }: (typeof graph.noise)[number]): boolean =>
      draws !== undefined && isConstantOverTime(draws);
    const plan = makePlan(graph, { withGradient: true, isConstantNoise });
    const [forward, backward] = [partsOf(plan, false, sizes), partsOf(plan, true, sizes)];
    const sum = (parts: typeof forward) => parts.map(({ perFrame }) => perFrame).reduce(add, NO_WORK);
    const form = {
      ops: { traced: opsOf(traced), simplified: opsOf(graph) },
      forward,
      backward,
      kept: keptOf(plan, sizes),
      perFrame: { forward: sum(forward), backward: sum(backward) },
    };
    return { form, shifts: shiftsFrames(graph, stagesOf(graph, isConstantNoise)) };
  } catch (error) {
    if (error instanceof NotCompilable) return error;
    throw error;
  }
}

const GIVEN: ReadonlySet<string> = new Set(['Input', 'Const', 'Noise']);

const opsOf = (graph: StepGraph): number => inOrder(resultsOf(graph)).filter(({ op }) => !GIVEN.has(op)).length;

/** The reason without what its message repeats. */
function reasonOf(name: string, { op, line, message }: NotCompilable): Reason {
  const where = line === undefined ? op : `${op} at ${line}`;
  const prefix = `${name}: step: ${where}: `;
  return { op, line, message: message.startsWith(prefix) ? message.slice(prefix.length) : `${message}.` };
}

/** Where the active backend has shaders, and the step is compiled to them: how many draws a frame is. */
function drawsHere(cell: AnyCell, given: StepShapes): string | undefined {
  const device = deviceHere();
  const step = device && deviceStep(device, cell, given, true);
  if (step === undefined || step instanceof NotCompilable) return undefined;
  const { forward, backward } = step.plan.draws;
  return `shaders (backend ${engine().backendName}), draws a frame: ${forward()} forward, ${backward()} backward`;
}

const byOps = (hasScan: boolean): string =>
  `ops of ${engine().backendName}, ${hasScan ? "by the cell's own scan" : 'frame by frame'}`;

function onProcessor(workspace: Workspace | undefined): string {
  const { backendName } = engine();
  if (workspace === undefined) return `plain JavaScript (backend ${backendName})`;
  const { size } = workspace.team;
  return `WebAssembly, ${workspace.name}, ${size} thread${size === 1 ? '' : 's'} (backend ${backendName})`;
}
