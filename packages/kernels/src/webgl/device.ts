import { engine, env, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Block, BlockStep, Call, Device, InputKind, OutputKind, Program, Track } from '../gpu/device.ts';

/** What we use of the webgl backend: a program is a plain object. */
type WebglBackend = {
  compileAndRun(
    program: Compiled & { readonly outputShape: readonly number[] },
    inputs: readonly TensorInfo[],
    dtype: 'float32',
    uniforms: readonly (readonly number[])[],
    keepPacked: boolean,
  ): TensorInfo;
  readonly texData: {
    get(id: TensorInfo['dataId']): {
      readonly texture: object | null | undefined;
      readonly isPacked: boolean;
      readonly shape: readonly number[];
    };
  };
};

/** A program of tfjs without the shape of its result. */
type Compiled = {
  readonly variableNames: readonly string[];
  readonly packedInputs: boolean;
  readonly packedOutput: boolean;
  /** Shaders do not depend on shapes, so that one shader serves sequences of any length. */
  readonly enableShapeUniforms: boolean;
  readonly customUniforms: readonly { readonly name: string; readonly type: 'int' }[];
  readonly userCode: string;
};

/**
 * A matrix of quads [rows, columns] is a packed tensor [2·rows, 2·columns]: tfjs packs 2 × 2 numbers into a pixel. A draw has a
 * separate texture for its result, which it cannot read; so a recurrence makes one for each step, and joins them at the end.
 */
export const webgl: Device = { mostInputs: 16, run, scan };

function compile(program: Program): Compiled {
  return {
    variableNames: Object.keys(program.inputs).map((name) => `${name}Texels`),
    packedInputs: true,
    packedOutput: program.output !== 'numbers',
    enableShapeUniforms: true,
    customUniforms: program.numbers.map((name) => ({ name, type: 'int' })),
    userCode: sourceOf(program),
  };
}

function run(call: Call, rows: number, columns: number, compiled: Compiled = compile(call.program)): Tensor {
  const { program, inputs, numbers } = call;
  const result = (engine().backend as unknown as WebglBackend).compileAndRun(
    compiled.packedOutput
      ? { ...compiled, outputShape: program.output === 'quads' ? [2 * rows, 2 * columns] : [rows, columns] }
      : { ...compiled, outputShape: [rows, columns], userCode: `${compiled.userCode}\n// ${narrow(rows, columns)}` },
    Object.keys(program.inputs).map((name) => inputs[name] as Tensor),
    'float32',
    program.numbers.map((name) => [numbers[name] as number]),
    true,
  );
  return engine().makeTensorFromTensorInfo(result);
}

/**
 * tfjs compiles another shader for a result of one row or column, but its cache key has that only for unpacked inputs: without a comment
 * in the code, the first result that does not fit into a texture unchanged would decide for all.
 */
function narrow(rows: number, columns: number): string {
  if (columns === 1) return 'a column';
  return rows === 1 ? 'a row' : 'a matrix';
}

function scan(tracks: readonly Track[], steps: readonly BlockStep[]): Tensor[] {
  const blocks = tracks.map((track): Tensor[] => new Array(track.blocks));
  const at = ({ track, block }: Block): Tensor => blocks[track]?.[block] as Tensor;
  const programs = new Map<Program, Compiled>();
  const packed = packing();
  for (const { program, inputs: given, numbers, to, from } of steps) {
    const compiled = programs.get(program) ?? compile(program);
    programs.set(program, compiled);
    const inputs = Object.fromEntries(Object.entries(given).map(([name, tensor]) => [name, packed(tensor)]));
    const read = Object.fromEntries(Object.entries(from).map(([name, block]) => [name, at(block)]));
    const { rows, columns } = tracks[to.track] as Track;
    const made = run({ program, inputs: { ...inputs, ...read }, numbers }, rows, columns, compiled);
    at(to)?.dispose();
    (blocks[to.track] as Tensor[])[to.block] = made;
  }
  return tracks.map(({ rows, columns }, i) => join(blocks[i] as Tensor[], rows, columns));
}

/**
 * Tensors as packed programs read them. tfjs would convert the others at each draw: matrices in another layout, and views of a matrix of
 * another shape.
 */
function packing(): (tensor: Tensor) => Tensor {
  const copies = new Map<Tensor, Tensor>();
  const { texData } = engine().backend as unknown as WebglBackend;
  return (tensor) => {
    const { texture, isPacked, shape } = texData.get(tensor.dataId);
    const [rows, columns] = tensor.shape as [number, number];
    const isReadable =
      isPacked && shape.at(-1) === columns && (shape.at(-2) === rows || (even(shape.at(-2)) && even(rows)));
    if (texture == null || isReadable) return tensor;
    const copy = copies.get(tensor) ?? run({ program: copyProgram, inputs: { tensor }, numbers: {} }, rows, columns);
    copies.set(tensor, copy);
    return copy;
  };
}

const even = (size: number | undefined): boolean => size !== undefined && size % 2 === 0;

const copyProgram: Program = {
  inputs: { tensor: 'matrix' },
  output: 'operand',
  numbers: [],
  code: `
float value(int row, int column) {
  return tensor(row, column);
}`,
};

/** Blocks of quads one below the other, as many in a draw as a shader may read textures; the blocks are disposed of. */
function join(blocks: readonly Tensor[], rows: number, columns: number): Tensor {
  if (blocks.length === 1) return blocks[0] as Tensor;
  const most = Math.min(16, env().getNumber('WEBGL_MAX_TEXTURES_IN_SHADER'));
  const program = joinProgram(most);
  const joined: Tensor[] = [];
  for (let i = 0; i < blocks.length; i += most) {
    const group = blocks.slice(i, i + most);
    if (group.length === 1) joined.push(group[0] as Tensor);
    else {
      const height = group.reduce((sum, block) => sum + (block.shape[0] as number) / 2, 0);
      const names = Object.keys(program.inputs);
      const inputs = Object.fromEntries(names.map((name, at) => [name, (group[at] ?? group[0]) as Tensor]));
      joined.push(run({ program, inputs, numbers: { rows } }, height, columns));
      for (const block of group) block.dispose();
    }
  }
  return join(joined, most * rows, columns);
}

/** All blocks but the last have `rows` rows. */
function joinProgram(count: number): Program {
  const names = Array.from({ length: count }, (_, i) => `block${i}`);
  return {
    inputs: Object.fromEntries(names.map((name) => [name, 'quads' as const])),
    output: 'quads',
    numbers: ['rows'],
    code: `
quad value(int row, int column) {
  int block = row / rows;
  int within = row - block * rows;
  ${names.map((name, i) => `if (block == ${i}) { return ${name}(within, column); }`).join('\n  ')}
  return quad(0.0, 0.0, 0.0, 0.0);
}`,
  };
}

/** tfjs makes a function of each variable that gives the pixel with a number in it. */
const samplerOf = (name: string): string => `get${name.charAt(0).toUpperCase()}${name.slice(1)}Texels`;

/** The function by which an input is read, by kind. */
const accessors: { readonly [kind in InputKind]: (name: string) => string } = {
  quads: (name) => `
quad ${name}(int row, int column) {
  return ${samplerOf(name)}(2 * row, 2 * column);
}`,
  sequence: (name) => `
float ${name}(int b, int t, int column) {
  return getChannel(${samplerOf(name)}(b, t, column), vec2(t, column));
}`,
  matrix: (name) => `
float ${name}(int row, int column) {
  return getChannel(${samplerOf(name)}(row, column), vec2(row, column));
}`,
  vector: (name) => `
float ${name}(int column) {
  return getChannel(${samplerOf(name)}(column), column);
}`,
};

function sourceOf({ inputs, output, code }: Program): string {
  const readers = Object.entries(inputs).map(([name, kind]) => accessors[kind](name));
  return `
#define quad vec4
${readers.join('')}
${code}
void main() {
  ivec2 place = getOutputCoords();
${results[output]}
}`;
}

/** A pixel of a result: a quad, a number, or 2 × 2 numbers, with zeros beyond the edges. */
const results: { readonly [output in OutputKind]: string } = {
  quads: '  setOutput(value(place.x / 2, place.y / 2));',
  numbers: '  setOutput(value(place.x, place.y));',
  operand: `
  vec4 numbers = vec4(0.0);
  for (int i = 0; i < 4; i++) {
    int row = place.x + i / 2;
    int column = place.y + i - i / 2 * 2;
    if (row < outShape[0] && column < outShape[1]) {
      float number = value(row, column);
      if (i == 0) { numbers.x = number; }
      if (i == 1) { numbers.y = number; }
      if (i == 2) { numbers.z = number; }
      if (i == 3) { numbers.w = number; }
    }
  }
  setOutput(numbers);`,
};
