import {
  type Cell,
  expectShape,
  type Frame,
  type Memory,
  OptionError,
  type Rng,
  type Sequence,
  type Step,
  type Tree,
  tree,
} from '@elman/core';
import {
  add,
  clipByValue,
  concat,
  expandDims,
  matMul,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  zeros,
} from '@tensorflow/tfjs-core';
import { combined } from './recipe.ts';
import { run } from './run.ts';
import { scanFrames } from './scan-frames.ts';

/** Options of the memory cell. */
export type MemoryCellOptions = {
  /** The controller's outputs are kept within ±clip before they become commands; by default they are not clipped. */
  readonly clip?: number | undefined;
};

/**
 * Of the controller; and of the layer that makes commands: kernel [the controller's outputSize, interfaceSize], bias
 * [interfaceSize].
 */
export type MemoryCellParams<P extends Tree> = {
  readonly controller: P;
  readonly kernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** The states of controller and memory; the last read vector [batch, readSize]. */
export type MemoryCellState<S extends Tree, M extends Tree> = {
  readonly controller: S;
  readonly memory: M;
  readonly read: Frame;
};

/** A cell with a memory whose accesses can be recorded (`traceMemory`). */
export interface MemoryCell<P extends Tree, S extends Tree, M extends Tree>
  extends Cell<MemoryCellParams<P>, MemoryCellState<S, M>> {
  readonly memory: Memory<M>;
  /** A step with its recorded quantities. */
  watch(
    params: MemoryCellParams<P>,
    state: MemoryCellState<S, M>,
    input: Frame,
  ): Step<MemoryCellState<S, M>> & { readonly seen: { readonly [name: string]: Tensor } };
}

/**
 * A controller with an external memory.
 *
 *   y, s'   = controller(s, [x, r])           r: the read vector of the previous step (zeros at first)
 *   command = y·kernel + bias
 *   r', m'  = memory(m, command)              output = [y, r']
 *
 * Shapes: x [batch, inputSize]; output [batch, the controller's outputSize + readSize].
 * Init:   kernel uniform ±1/√(the controller's outputSize); bias the memory's `initialCommand`, else 0.
 * @param controller any cell with inputs of inputSize + readSize numbers.
 * @throws {OptionError} if the controller's inputSize is too small for the read vector.
 * @see Graves, Wayne & Danihelka 2014, Neural Turing Machines
 */
export function memoryCell<P extends Tree, S extends Tree, M extends Tree>(
  controller: Cell<P, S>,
  memory: Memory<M>,
  { clip }: MemoryCellOptions = {},
): MemoryCell<P, S, M> {
  const { interfaceSize, readSize } = memory;
  const name = `memoryCell(${controller.name}, ${memory.name})`;
  const inputSize = controller.inputSize - readSize;
  if (inputSize < 1) {
    throw new OptionError(
      `${name}: controller: expected inputSize above ${readSize}, for the read vector appended to the input, got ${controller.inputSize}.`,
    );
  }
  if (clip !== undefined && !(clip > 0))
    throw new OptionError(`${name}: clip: expected a number above 0, got ${clip}.`);

  type Params = MemoryCellParams<P>;
  type State = MemoryCellState<S, M>;

  /** The controller for one frame, through its `scan` where that is one op. */
  const control = (params: Params, state: S, x: Frame, rng: Rng | undefined): Step<S> => {
    if (controller.scan === undefined) return controller.step(params.controller, state, x, undefined, rng);
    const frames = expandDims(x, 1) as Sequence;
    const { outputs, state: next } = run(controller, params.controller, state, frames, { context: undefined, rng });
    return { output: reshape(outputs, [x.shape[0], controller.outputSize]), state: next };
  };
  const commandOf = (params: Params, y: Frame): Frame => {
    const kept = clip === undefined ? y : clipByValue(y, -clip, clip);
    return add(matMul(kept, params.kernel), params.bias);
  };
  /** A step, and its command. */
  const stepWith = (params: Params, state: State, input: Frame, rng: Rng | undefined) => {
    const { output: y, state: next } = control(params, state.controller, concat([input, state.read], 1), rng);
    const command = commandOf(params, y);
    const { read, state: after } = memory.access(state.memory, command);
    return { output: concat([y, read], 1) as Frame, state: { controller: next, memory: after, read }, command };
  };
  /** A sequence in a session of the memory, where it opens one. */
  const scan: Cell<Params, State>['scan'] = (params, state, inputs, { mask, reverse, rng }) =>
    tree.tidy(() => {
      const session = memory.open?.(state.memory);
      if (session === undefined) {
        const frame = (at: State, x: Frame, t: number): Step<State> => stepWith(params, at, x, rng?.frame(t));
        return scanFrames(frame, state, inputs, { mask, reverse });
      }
      type Held = { readonly controller: S; readonly read: Frame };
      const frame = (at: Held, x: Frame, t: number, real?: Frame): Step<Held> => {
        const { output: y, state: next } = control(params, at.controller, concat([x, at.read], 1), rng?.frame(t));
        const read = session.access(commandOf(params, y), real);
        return { output: concat([y, read], 1) as Frame, state: { controller: next, read } };
      };
      const held: Held = { controller: state.controller, read: state.read };
      const { outputs, state: last } = scanFrames(frame, held, inputs, { mask, reverse });
      return { outputs, state: { ...last, memory: session.close() } };
    });

  return {
    name,
    inputSize,
    outputSize: controller.outputSize + readSize,
    memory,
    recipe: combined('memoryCell', [controller, memory], (recipes) => [
      ...recipes,
      ...(clip === undefined ? [] : [{ clip }]),
    ]),
    init(rng) {
      const limit = 1 / Math.sqrt(controller.outputSize);
      const kernel = rng
        .fork('kernel')
        .tensor([controller.outputSize, interfaceSize], (r) => r.uniform(-limit, limit)) as Tensor2D;
      const { initialCommand } = memory;
      return {
        controller: controller.init(rng.fork('controller')),
        kernel,
        bias: initialCommand === undefined ? zeros([interfaceSize]) : tensor1d([...initialCommand]),
      };
    },
    initialState: (batchSize) => ({
      controller: controller.initialState(batchSize),
      memory: memory.initialState(batchSize),
      read: zeros([batchSize, readSize]),
    }),
    step: (params, state, input, _, rng) =>
      tree.tidy(() => {
        expectShape(name, 'input', input, { batch: undefined, inputSize });
        const { output, state: next } = stepWith(params, state, input, rng);
        return { output, state: next };
      }),
    ...(memory.open !== undefined && { scan }),
    watch: (params, state, input) =>
      tree.tidy(() => {
        const { command, output, state: next } = stepWith(params, state, input, undefined);
        return { output, state: next, seen: memory.watch?.(next.memory, command) ?? {} };
      }),
  };
}
