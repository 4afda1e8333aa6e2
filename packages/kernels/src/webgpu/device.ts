import { engine, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Call, Device, InputKind, Program } from '../gpu/device.ts';
import { toWgsl } from '../gpu/shader.ts';

/** What we use of the webgpu backend. It writes to the program, so each run has its own. */
type WebgpuBackend = {
  makeTensorInfo(shape: number[], dtype: 'float32'): TensorInfo;
  runWebGPUProgram(
    program: {
      readonly variableNames: readonly string[];
      readonly variableComponents: readonly number[];
      readonly outputComponent: number;
      readonly outputShape: readonly number[];
      readonly workgroupSize: readonly [number, number, number];
      readonly dispatchLayout: { readonly x: readonly number[] };
      readonly dispatch: readonly [number, number, number];
      readonly uniforms: string;
      readonly shaderKey: string;
      getUserCode(): string;
    },
    inputs: readonly TensorInfo[],
    dtype: 'float32',
    uniforms: readonly { readonly type: 'int32'; readonly data: readonly number[] }[],
    output: TensorInfo,
  ): TensorInfo;
};

/** Threads that run together. */
const WORKGROUP = 64;

/**
 * A matrix of quads [rows, columns] is a tensor [rows, 4·columns]. All steps of a recurrence write to one result, and read there what
 * earlier ones have written: dispatches are ordered.
 */
export const webgpu: Device = {
  run(call, rows, columns) {
    const result = make(call.program, rows, columns);
    dispatcher(call.program)(call, result, [rows, columns]);
    return engine().makeTensorFromTensorInfo(result);
  },
  recur(start, steps, rows, columns) {
    const result = make(start.program, (steps.length + 1) * rows, columns);
    const size = [rows, columns] as const;
    dispatcher(start.program)(start, result, size, steps.length * rows);
    const dispatchers = new Map<Program, Dispatch>();
    for (const { to, from, ...call } of steps) {
      const dispatch = dispatchers.get(call.program) ?? dispatcher(call.program, Object.keys(from));
      dispatchers.set(call.program, dispatch);
      const blocks = Object.values(from).map((block) => block * rows);
      dispatch(call, result, size, to * rows, blocks);
    }
    return engine().makeTensorFromTensorInfo(result);
  },
};

/** Rows and columns that a dispatch computes. */
type Size = readonly [number, number];

/** Uniforms of every dispatch: its rows and columns, and the offsets in the result at which it writes and reads blocks. */
const RANGE = ['range_rows', 'range_columns', 'range_first'];
const firstOf = (block: string): string => `range_of_${block}`;

const backend = (): WebgpuBackend => engine().backend as unknown as WebgpuBackend;

function make({ output }: Program, rows: number, columns: number): TensorInfo {
  return backend().makeTensorInfo([rows, (output === 'quads' ? 4 : 1) * columns], 'float32');
}

/** A dispatch: it writes its rows into the result from `first` on, and reads there blocks that begin at these rows. */
type Dispatch = (
  call: Omit<Call, 'program'>,
  result: TensorInfo,
  size: Size,
  first?: number,
  blocks?: readonly number[],
) => void;

/** Runs a program that finds these blocks in the result. What all dispatches share is computed once. */
function dispatcher(program: Program, blockNames: readonly string[] = []): Dispatch {
  const names = Object.keys(program.inputs).filter((name) => !blockNames.includes(name));
  const range = [...RANGE, ...blockNames.map(firstOf)];
  const userCode = sourceOf(program, names, blockNames);
  const fixed = {
    variableNames: names.map((name) => `${name}Buffer`),
    variableComponents: names.map((name) => (program.inputs[name] === 'quads' ? 4 : 1)),
    outputComponent: program.output === 'quads' ? 4 : 1,
    workgroupSize: [WORKGROUP, 1, 1],
    dispatchLayout: { x: [0, 1] },
    uniforms: [...range, ...program.numbers].map((name) => `${name} : i32,`).join(' '),
    shaderKey: userCode,
    getUserCode: () => userCode,
  } as const;
  return ({ inputs, numbers }, result, [rows, columns], first = 0, blocks = []) => {
    const values = [rows, columns, first, ...blocks, ...program.numbers.map((name) => numbers[name] as number)];
    backend().runWebGPUProgram(
      { ...fixed, outputShape: result.shape, dispatch: [Math.ceil((rows * columns) / WORKGROUP), 1, 1] },
      names.map((name) => inputs[name] as Tensor),
      'float32',
      values.map((value) => ({ type: 'int32', data: [value] })),
      result,
    );
  };
}

/** tfjs makes a function of each buffer that gives the number at a place. */
const getterOf = (name: string): string => `get${name.charAt(0).toUpperCase()}${name.slice(1)}Buffer`;

/** The function by which an input is read, by kind. */
const accessors: { readonly [kind in InputKind]: (name: string) => string } = {
  quads: (name) => `
quad ${name}(int row, int column) {
  return ${getterOf(name)}(row, 4 * column);
}`,
  sequence: (name) => `
float ${name}(int b, int t, int column) {
  return ${getterOf(name)}(b, t, column);
}`,
  matrix: (name) => `
float ${name}(int row, int column) {
  return ${getterOf(name)}(row, column);
}`,
  vector: (name) => `
float ${name}(int column) {
  return ${getterOf(name)}(column);
}`,
};

/** A block of the result, as an input. */
const blockAccessor = (name: string): string => `
quad ${name}(int row, int column) {
  return result[(uniforms.${firstOf(name)} + row) * uniforms.range_columns + column];
}`;

function sourceOf({ inputs, numbers, code }: Program, names: readonly string[], blocks: readonly string[]): string {
  const seen = [...names.map((name) => accessors[inputs[name] as InputKind](name)), ...blocks.map(blockAccessor)];
  return `
alias quad = vec4<f32>;
alias float = f32;
alias int = i32;
${numbers.map((name) => `var<private> ${name}: i32;`).join('\n')}
${toWgsl(`${seen.join('')}${code}`)}
fn main(index: i32) {
  ${numbers.map((name) => `${name} = uniforms.${name};`).join('\n  ')}
  let row = index / uniforms.range_columns;
  if (row >= uniforms.range_rows) { return; }
  result[(uniforms.range_first * uniforms.range_columns) + index] = value(row, index - row * uniforms.range_columns);
}`;
}
