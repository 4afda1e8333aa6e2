import { engine, type TensorInfo } from '@tensorflow/tfjs-core';
import type { BlockStep, Call, Device, InputKind, Program, Track } from '../gpu/device.ts';
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
  mostInputs: 7,
  run(call, rows, columns) {
    const result = make(call.program, rows, columns);
    dispatcher(call.program)(call, result, [rows, columns]);
    return engine().makeTensorFromTensorInfo(result);
  },
  scan(tracks, steps) {
    const { program: any } = steps[0] as BlockStep;
    const results = tracks.map(({ rows, columns, blocks }) => make(any, blocks * rows, columns));
    const dispatchers = new Map<Program, Dispatch>();
    for (const { to, from, inputs, ...call } of steps) {
      const others = Object.entries(from).filter(([, { track }]) => track !== to.track);
      const names = Object.keys(from);
      const own = names.filter((name) => from[name]?.track === to.track);
      const known = dispatchers.get(call.program);
      const dispatch =
        known ??
        dispatcher(
          call.program,
          own,
          names.filter((name) => !own.includes(name)),
        );
      if (known === undefined) dispatchers.set(call.program, dispatch);
      const read = Object.fromEntries(others.map(([name, { track }]) => [name, results[track] as TensorInfo]));
      const { rows, columns } = tracks[to.track] as Track;
      const firsts = Object.fromEntries(
        Object.entries(from).map(([name, { track, block }]) => [name, block * (tracks[track] as Track).rows]),
      );
      dispatch(
        { ...call, inputs: { ...inputs, ...read } },
        results[to.track] as TensorInfo,
        [rows, columns],
        to.block * rows,
        firsts,
      );
    }
    return results.map((result) => engine().makeTensorFromTensorInfo(result));
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

/** A dispatch: it writes its rows into the result from `first` on, and reads blocks that begin at these rows. */
type Dispatch = (
  call: Omit<Call, 'program' | 'inputs'> & { readonly inputs: { readonly [name: string]: TensorInfo } },
  result: TensorInfo,
  size: Size,
  first?: number,
  firsts?: { readonly [block: string]: number },
) => void;

/** Runs a program that finds blocks in the result, and in other tracks. What all dispatches share is computed once. */
function dispatcher(program: Program, own: readonly string[] = [], others: readonly string[] = []): Dispatch {
  const names = Object.keys(program.inputs).filter((name) => !own.includes(name));
  const blocks = [...own, ...others];
  const range = [...RANGE, ...blocks.map(firstOf)];
  const userCode = sourceOf(program, names, own, others);
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
  return ({ inputs, numbers }, result, [rows, columns], first = 0, firsts = {}) => {
    const starts = blocks.map((name) => firsts[name] as number);
    const values = [rows, columns, first, ...starts, ...program.numbers.map((name) => numbers[name] as number)];
    backend().runWebGPUProgram(
      { ...fixed, outputShape: result.shape, dispatch: groupsFor(rows * columns) },
      names.map((name) => inputs[name] as TensorInfo),
      'float32',
      values.map((value) => ({ type: 'int32', data: [value] })),
      result,
    );
  };
}

/** How many workgroups there may be along an axis. */
const MOST_GROUPS = 65_535;

function groupsFor(threads: number): [number, number, number] {
  const groups = Math.ceil(threads / WORKGROUP);
  if (groups <= MOST_GROUPS) return [groups, 1, 1];
  const side = Math.ceil(Math.sqrt(groups));
  return [side, side, 1];
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

/** A block of the result, as an input; and one of another track. */
const blockAccessor = (name: string): string => `
quad ${name}(int row, int column) {
  return result[(uniforms.${firstOf(name)} + row) * uniforms.range_columns + column];
}`;
const otherAccessor = (name: string): string => `
quad ${name}(int row, int column) {
  return ${getterOf(name)}(uniforms.${firstOf(name)} + row, 4 * column);
}`;

function sourceOf(
  { inputs, numbers, code }: Program,
  names: readonly string[],
  own: readonly string[],
  others: readonly string[],
): string {
  const accessor = (name: string): string =>
    others.includes(name) ? otherAccessor(name) : accessors[inputs[name] as InputKind](name);
  const seen = [...names.map(accessor), ...own.map(blockAccessor)];
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
