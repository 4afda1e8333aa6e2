import { engine, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Call, Device, InputKind, Program, RecurrentStep } from '../gpu/device.ts';
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
    dispatch(call, result, rows, columns, { first: 0, previous: 0 });
    return engine().makeTensorFromTensorInfo(result);
  },
  recur(start, { program, inputs }, steps: readonly RecurrentStep[], rows, columns) {
    const result = make(program, (steps.length + 1) * rows, columns);
    dispatch(start, result, rows, columns, { first: steps.length * rows, previous: 0 });
    for (const { to, from, numbers } of steps) {
      dispatch({ program, inputs, numbers }, result, rows, columns, { first: to * rows, previous: from * rows });
    }
    return engine().makeTensorFromTensorInfo(result);
  },
};

const backend = (): WebgpuBackend => engine().backend as unknown as WebgpuBackend;

function make({ output }: Program, rows: number, columns: number): TensorInfo {
  return backend().makeTensorInfo([rows, (output === 'quads' ? 4 : 1) * columns], 'float32');
}

/** Where in the result a dispatch writes its rows, and where it finds those of the step before it. */
type Rows = { readonly first: number; readonly previous: number };

function dispatch(call: Call, result: TensorInfo, rows: number, columns: number, at: Rows): void {
  const { program } = call;
  // The result is what `previous` is read from.
  const names = Object.keys(program.inputs).filter((name) => name !== 'previous');
  const numbers = { rows, columns, ...at };
  const userCode = sourceOf(program, names);
  backend().runWebGPUProgram(
    {
      variableNames: names.map((name) => `${name}Buffer`),
      variableComponents: names.map((name) => (program.inputs[name] === 'quads' ? 4 : 1)),
      outputComponent: program.output === 'quads' ? 4 : 1,
      outputShape: result.shape,
      workgroupSize: [WORKGROUP, 1, 1],
      dispatchLayout: { x: [0, 1] },
      dispatch: [Math.ceil((rows * columns) / WORKGROUP), 1, 1],
      uniforms: [...Object.keys(numbers).map(rangeOf), ...program.numbers].map((name) => `${name} : i32,`).join(' '),
      shaderKey: userCode,
      getUserCode: () => userCode,
    },
    names.map((name) => call.inputs[name] as Tensor),
    'float32',
    [...Object.values(numbers), ...program.numbers.map((name) => call.numbers[name] as number)].map((number) => ({
      type: 'int32',
      data: [number],
    })),
    result,
  );
}

const rangeOf = (name: string): string => `range_${name}`;

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
