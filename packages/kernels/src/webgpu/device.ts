import { engine, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Call, Device, InputKind, Program } from '../gpu/device.ts';
import { toWgsl } from '../gpu/shader.ts';

/** What we use of the webgpu backend. It writes to the program, so that each run has one of its own. */
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
 * A matrix of quads [rows, columns] is a tensor [rows, 4·columns]. All steps of a recurrence write to one result, and read in it what
 * earlier ones have written: dispatches wait for each other.
 */
export const webgpu: Device = {
  run(call, rows, columns) {
    const result = make(call.program, rows, columns);
    dispatcher(call.program)(call, result, [rows, columns], { first: 0, previous: 0 });
    return engine().makeTensorFromTensorInfo(result);
  },
  recur(start, { program, inputs }, steps, rows, columns) {
    const result = make(program, (steps.length + 1) * rows, columns);
    dispatcher(start.program)(start, result, [rows, columns], { first: steps.length * rows, previous: 0 });
    const dispatch = dispatcher(program);
    for (const { to, from, numbers } of steps) {
      dispatch({ inputs, numbers }, result, [rows, columns], { first: to * rows, previous: from * rows });
    }
    return engine().makeTensorFromTensorInfo(result);
  },
};

/** Rows and columns that a dispatch works out. */
type Size = readonly [number, number];

/** Numbers that every dispatch is given: its rows and columns, and where they are in the result. */
const RANGE = ['range_rows', 'range_columns', 'range_first', 'range_previous'];

const backend = (): WebgpuBackend => engine().backend as unknown as WebgpuBackend;

function make({ output }: Program, rows: number, columns: number): TensorInfo {
  return backend().makeTensorInfo([rows, (output === 'quads' ? 4 : 1) * columns], 'float32');
}

/** Where in the result a dispatch writes its rows, and where it finds those of the step before it. */
type Rows = { readonly first: number; readonly previous: number };

/** Runs a program: what of it does not change from one dispatch to the next is worked out once. */
function dispatcher(program: Program): (call: Omit<Call, 'program'>, result: TensorInfo, size: Size, at: Rows) => void {
  // The result is what `previous` is read from.
  const names = Object.keys(program.inputs).filter((name) => name !== 'previous');
  const userCode = sourceOf(program, names);
  const fixed = {
    variableNames: names.map((name) => `${name}Buffer`),
    variableComponents: names.map((name) => (program.inputs[name] === 'quads' ? 4 : 1)),
    outputComponent: program.output === 'quads' ? 4 : 1,
    workgroupSize: [WORKGROUP, 1, 1],
    dispatchLayout: { x: [0, 1] },
    uniforms: [...RANGE, ...program.numbers].map((name) => `${name} : i32,`).join(' '),
    shaderKey: userCode,
    getUserCode: () => userCode,
  } as const;
  return ({ inputs, numbers }, result, [rows, columns], { first, previous }) => {
    const values = [rows, columns, first, previous, ...program.numbers.map((name) => numbers[name] as number)];
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

/** By its kind, how an input is seen as a function. */
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

const PREVIOUS = `
quad previous(int row, int column) {
  return result[(uniforms.range_previous + row) * uniforms.range_columns + column];
}`;

function sourceOf({ inputs, numbers, code }: Program, names: readonly string[]): string {
  const seen = names.map((name) => accessors[inputs[name] as InputKind](name)).join('');
  return `
alias quad = vec4<f32>;
alias float = f32;
alias int = i32;
${numbers.map((name) => `var<private> ${name}: i32;`).join('\n')}
${toWgsl(`${seen}${'previous' in inputs ? PREVIOUS : ''}${code}`)}
fn main(index: i32) {
  ${numbers.map((name) => `${name} = uniforms.${name};`).join('\n  ')}
  let row = index / uniforms.range_columns;
  if (row >= uniforms.range_rows) { return; }
  result[(uniforms.range_first * uniforms.range_columns) + index] = value(row, index - row * uniforms.range_columns);
}`;
}
