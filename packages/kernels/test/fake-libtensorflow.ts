import {
  add,
  concat,
  copyRegisteredKernels,
  engine,
  greater,
  matMul,
  mul,
  registerBackend,
  relu,
  setBackend,
  sigmoid,
  split,
  square,
  stack,
  sub,
  type Tensor,
  type Tensor2D,
  tanh,
  transpose,
  unstack,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';

type Attribute = { readonly name: string; readonly type: number; readonly value: number | boolean };
type Op = {
  /** Every attribute with the type that TensorFlow's registry gives it. */
  readonly attributes: { readonly [name: string]: 'TYPE' | 'INT' | 'FLOAT' | 'BOOL' };
  readonly run: (inputs: Tensor[], values: { readonly [name: string]: number | boolean }) => Tensor[];
};

const T = { T: 'TYPE' } as const;
const ofFloats = (run: (...inputs: Tensor[]) => Tensor): Op => ({ attributes: T, run: (inputs) => [run(...inputs)] });
const slope = (y: Tensor): Tensor => mul(y, sub(1, y));
const tanhSlope = (y: Tensor): Tensor => sub(1, square(y));

/** The ops that the kernels use, as TensorFlow documents them, of ops of tfjs. */
const ops: { readonly [name: string]: Op } = {
  MatMul: {
    attributes: { transpose_a: 'BOOL', transpose_b: 'BOOL', ...T },
    run: ([a, b], { transpose_a, transpose_b }) => [
      matMul(a as Tensor2D, b as Tensor2D, transpose_a as boolean, transpose_b as boolean),
    ],
  },
  AddV2: ofFloats(add),
  Sub: ofFloats(sub),
  Mul: ofFloats(mul),
  Sigmoid: ofFloats(sigmoid),
  Tanh: ofFloats(tanh),
  Relu: ofFloats(relu),
  SigmoidGrad: ofFloats((y, dy) => mul(dy as Tensor, slope(y as Tensor))),
  TanhGrad: ofFloats((y, dy) => mul(dy as Tensor, tanhSlope(y as Tensor))),
  ReluGrad: ofFloats((dy, x) => where(greater(x as Tensor, 0), dy as Tensor, zerosLike(dy as Tensor))),
  SelectV2: ofFloats((condition, a, b) => where(condition as Tensor, a as Tensor, b as Tensor)),
  ConcatV2: { attributes: { N: 'INT', ...T, Tidx: 'TYPE' }, run: (inputs) => [concat(inputs.slice(0, -1), 1)] },
  Split: {
    attributes: { num_split: 'INT', ...T },
    run: ([, x], { num_split }) => split(x as Tensor, num_split as number, 1),
  },
  Unpack: {
    attributes: { num: 'INT', axis: 'INT', ...T },
    run: ([x], { axis }) => unstack(x as Tensor, axis as number),
  },
  Pack: { attributes: { N: 'INT', axis: 'INT', ...T }, run: (inputs, { axis }) => [stack(inputs, axis as number)] },
  LSTMBlockCellGrad: {
    attributes: { use_peephole: 'BOOL', ...T },
    run: (inputs) => {
      const [, before, , , ...rest] = inputs as Tensor[];
      const [i, , f, o, g, tanhC, dC, dH] = rest.slice(4) as Tensor[];
      const { c, gates } = cellGradient({ before, i, f, o, g, tanhC, dC, dH } as Cell);
      return [c, concat([gates.i, gates.g, gates.f, gates.o], 1), ...rest.slice(0, 3).map((x) => zerosLike(x))];
    },
  },
  BlockLSTMV2: {
    attributes: { cell_clip: 'FLOAT', use_peephole: 'BOOL', ...T },
    run: ([time, x, c, h, kernel, , , , bias]) => {
      expectTime(time as Tensor, x as Tensor);
      let state = { c: c as Tensor, h: h as Tensor };
      const frames = unstack(x as Tensor).map((frame) => {
        const sum = add(matMul(concat([frame, state.h], 1) as Tensor2D, kernel as Tensor2D), bias as Tensor);
        const [zi, zf, zg, zo] = split(sum, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
        const [i, f, g, o] = [sigmoid(zi), sigmoid(zf), tanh(zg), sigmoid(zo)];
        const next = add(mul(f, state.c), mul(i, g));
        state = { c: next, h: mul(o, tanh(next)) };
        return [i, next, f, o, g, tanh(next), state.h];
      });
      return Array.from({ length: 7 }, (_, k) => stack(frames.map((frame) => frame[k] as Tensor)));
    },
  },
  BlockLSTMGradV2: {
    attributes: { use_peephole: 'BOOL', ...T },
    run: ([time, x, c, h, kernel, ...rest]) => {
      expectTime(time as Tensor, x as Tensor);
      const [is, cs, fs, os, gs, tanhCs, hs, dCs, dHs] = rest.slice(4).map((y) => unstack(y)) as Tensor[][];
      const xs = unstack(x as Tensor);
      const width = xs[0]?.shape[1] as number;
      let [dC, dH, dKernel] = [zerosLike(c as Tensor), zerosLike(h as Tensor), zerosLike(kernel as Tensor)];
      const dXs: Tensor[] = [];
      for (let t = xs.length - 1; t >= 0; t--) {
        const at = (frames: Tensor[] | undefined): Tensor => frames?.[t] as Tensor;
        const cell = { before: cs?.[t - 1] ?? c, i: at(is), f: at(fs), o: at(os), g: at(gs), tanhC: at(tanhCs) };
        const back = cellGradient({ ...cell, dC: add(dC, at(dCs)), dH: add(dH, at(dHs)) } as Cell);
        const gates = concat([back.gates.i, back.gates.f, back.gates.g, back.gates.o], 1) as Tensor2D;
        const input = concat([at(xs), hs?.[t - 1] ?? (h as Tensor)], 1) as Tensor2D;
        dKernel = add(dKernel, matMul(input, gates, true));
        const dInput = matMul(gates, transpose(kernel as Tensor2D));
        [dXs[t], dH] = split(dInput, [width, (dInput.shape[1] as number) - width], 1) as [Tensor, Tensor];
        dC = back.c;
      }
      return [stack(dXs), dC, dH, dKernel, ...rest.slice(0, 4).map((y) => zerosLike(y))];
    },
  },
};

type Cell = { readonly [name in 'before' | 'i' | 'f' | 'o' | 'g' | 'tanhC' | 'dC' | 'dH']: Tensor };

function cellGradient({ before, i, f, o, g, tanhC, dC, dH }: Cell) {
  const all = add(dC, mul(dH, mul(o, tanhSlope(tanhC))));
  const gates = {
    i: mul(mul(all, g), slope(i)),
    f: mul(mul(all, before), slope(f)),
    g: mul(mul(all, i), tanhSlope(g)),
    o: mul(mul(dH, tanhC), slope(o)),
  };
  return { c: mul(all, f), gates };
}

function expectTime({ dataId, dtype }: Tensor, { shape }: Tensor): void {
  const { data } = engine().backend as unknown as { data: { get(id: object): { values: Int32Array } } };
  const [low, high] = data.get(dataId).values;
  if ((dtype as string) !== 'int64' || low !== shape[0] || high !== 0) throw new Error(`seq_len_max: ${low}, ${dtype}`);
}

const names = ['FLOAT', 'INT32', 'BOOL', 'ATTR_TYPE', 'ATTR_INT', 'ATTR_FLOAT', 'ATTR_BOOL'];
const binding = Object.fromEntries(names.map((name, i) => [`TF_${name}`, i]));

/**
 * Makes active a backend `tensorflow` that is the active one, cpu, and executes ops of TensorFlow by name as tfjs-node does,
 * with the attributes that they want and no others. It counts them.
 */
export async function startFake(): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const executeMultipleOutputs = (name: string, attributes: Attribute[], inputs: Tensor[], count: number): Tensor[] => {
    const op = ops[name];
    if (op === undefined) throw new Error(`no op ${name}`);
    const wanted = Object.entries(op.attributes).map(
      ([attribute, type]) => `${attribute} ${binding[`TF_ATTR_${type}`]}`,
    );
    const given = attributes.map((attribute) => `${attribute.name} ${attribute.type}`);
    if (wanted.sort().join() !== given.sort().join()) throw new Error(`${name}: wanted ${wanted}, got ${given}`);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const outputs = op.run(
      inputs,
      Object.fromEntries(attributes.map((attribute) => [attribute.name, attribute.value])),
    );
    if (outputs.length !== count) throw new Error(`${name}: has ${outputs.length} outputs, got ${count}`);
    return outputs;
  };
  const Backend = engine().backend.constructor as new () => object;
  copyRegisteredKernels('cpu', 'tensorflow');
  registerBackend('tensorflow', () => Object.assign(new Backend(), { binding, executeMultipleOutputs }) as never);
  await setBackend('tensorflow');
  return counts;
}
