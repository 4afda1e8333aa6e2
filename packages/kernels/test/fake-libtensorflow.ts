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
  sum,
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

/** The ops that the kernels use, as TensorFlow documents them, made of ops of tfjs. */
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
    run: (inputs, { use_peephole }) => {
      const [, before, , , ...rest] = inputs as Tensor[];
      const [i, after, f, o, g, tanhC, dC, dH] = rest.slice(4) as Tensor[];
      const peepholes = use_peephole ? rest.slice(0, 3) : undefined;
      const { c, gates, seen } = cellGradient({ before, after, i, f, o, g, tanhC, dC, dH, peepholes } as Cell);
      return [c, concat([gates.i, gates.g, gates.f, gates.o], 1), ...seen];
    },
  },
  BlockLSTMV2: {
    attributes: { cell_clip: 'FLOAT', use_peephole: 'BOOL', ...T },
    run: ([time, x, c, h, kernel, ...rest], { use_peephole }) => {
      expectTime(time as Tensor, x as Tensor);
      const bias = rest[3] as Tensor;
      const look = (gate: Tensor, memory: Tensor, k: number): Tensor =>
        use_peephole ? add(gate, mul(memory, rest[k] as Tensor)) : gate;
      let state = { c: c as Tensor, h: h as Tensor };
      const frames = unstack(x as Tensor).map((frame) => {
        const gates = add(matMul(concat([frame, state.h], 1) as Tensor2D, kernel as Tensor2D), bias);
        const [zi, zf, zg, zo] = split(gates, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
        const [i, f, g] = [sigmoid(look(zi, state.c, 0)), sigmoid(look(zf, state.c, 1)), tanh(zg)];
        const next = add(mul(f, state.c), mul(i, g));
        const o = sigmoid(look(zo, next, 2));
        state = { c: next, h: mul(o, tanh(next)) };
        return [i, next, f, o, g, tanh(next), state.h];
      });
      return Array.from({ length: 7 }, (_, k) => stack(frames.map((frame) => frame[k] as Tensor)));
    },
  },
  BlockLSTMGradV2: {
    attributes: { use_peephole: 'BOOL', ...T },
    run: ([time, x, c, h, kernel, ...rest], { use_peephole }) => {
      expectTime(time as Tensor, x as Tensor);
      const peepholes = use_peephole ? rest.slice(0, 3) : undefined;
      let seen = rest.slice(0, 3).map((peephole) => zerosLike(peephole));
      const [is, cs, fs, os, gs, tanhCs, hs, dCs, dHs] = rest.slice(4).map((y) => unstack(y)) as Tensor[][];
      const xs = unstack(x as Tensor);
      const width = xs[0]?.shape[1] as number;
      let [dC, dH, dKernel] = [zerosLike(c as Tensor), zerosLike(h as Tensor), zerosLike(kernel as Tensor)];
      const dXs: Tensor[] = [];
      for (let t = xs.length - 1; t >= 0; t--) {
        const at = (frames: Tensor[] | undefined): Tensor => frames?.[t] as Tensor;
        const memories = { before: cs?.[t - 1] ?? c, after: at(cs), peepholes };
        const cell = { ...memories, i: at(is), f: at(fs), o: at(os), g: at(gs), tanhC: at(tanhCs) };
        const back = cellGradient({ ...cell, dC: add(dC, at(dCs)), dH: add(dH, at(dHs)) } as Cell);
        const gates = concat([back.gates.i, back.gates.f, back.gates.g, back.gates.o], 1) as Tensor2D;
        const input = concat([at(xs), hs?.[t - 1] ?? (h as Tensor)], 1) as Tensor2D;
        dKernel = add(dKernel, matMul(input, gates, true));
        const dInput = matMul(gates, transpose(kernel as Tensor2D));
        [dXs[t], dH] = split(dInput, [width, (dInput.shape[1] as number) - width], 1) as [Tensor, Tensor];
        dC = back.c;
        seen = seen.map((total, k) => add(total, back.seen[k] as Tensor));
      }
      return [stack(dXs), dC, dH, dKernel, ...seen, zerosLike(rest[3] as Tensor)];
    },
  },
  GRUBlockCell: {
    attributes: T,
    run: (inputs) => {
      const [x, h, kernel, candidate, bias, candidateBias] = inputs as Tensor[];
      const product = matMul(concat([x as Tensor, h as Tensor], 1) as Tensor2D, kernel as Tensor2D);
      const [r, u] = split(sigmoid(add(product, bias as Tensor)), 2, 1) as [Tensor, Tensor];
      const reset = concat([x as Tensor, mul(r, h as Tensor)], 1) as Tensor2D;
      const n = tanh(add(matMul(reset, candidate as Tensor2D), candidateBias as Tensor));
      return [r, u, n, add(mul(u, h as Tensor), mul(sub(1, u), n))];
    },
  },
  GRUBlockCellGrad: {
    attributes: T,
    run: (inputs) => {
      const [x, h, kernel, candidate, , , r, u, n, dH] = inputs as Tensor[];
      const width = (x as Tensor).shape[1] as number;
      const back = (d: Tensor, weights: Tensor): [Tensor, Tensor] => {
        const both = matMul(d as Tensor2D, transpose(weights as Tensor2D));
        return split(both, [width, (both.shape[1] as number) - width], 1) as [Tensor, Tensor];
      };
      const dN = mul(mul(dH as Tensor, sub(1, u as Tensor)), tanhSlope(n as Tensor));
      const dU = mul(mul(dH as Tensor, sub(h as Tensor, n as Tensor)), slope(u as Tensor));
      const [dX, dReset] = back(dN, candidate as Tensor);
      const dR = mul(mul(dReset, h as Tensor), slope(r as Tensor));
      const gates = concat([dR, dU], 1);
      const [byGates, through] = back(gates, kernel as Tensor);
      const kept = add(mul(dH as Tensor, u as Tensor), mul(dReset, r as Tensor));
      return [add(dX, byGates), add(kept, through), dN, gates];
    },
  },
};

type Cell = { readonly [name in 'before' | 'after' | 'i' | 'f' | 'o' | 'g' | 'tanhC' | 'dC' | 'dH']: Tensor } & {
  readonly peepholes?: readonly Tensor[];
};

/** The gradients w.r.t. the memory cell before the frame, the gates and the peepholes. */
function cellGradient({ before, after, i, f, o, g, tanhC, dC, dH, peepholes }: Cell) {
  const dO = mul(mul(dH, tanhC), slope(o));
  const look = (d: Tensor, k: number): Tensor => (peepholes ? mul(d, peepholes[k] as Tensor) : zerosLike(d));
  const all = add(add(dC, mul(dH, mul(o, tanhSlope(tanhC)))), look(dO, 2));
  const gates = {
    i: mul(mul(all, g), slope(i)),
    f: mul(mul(all, before), slope(f)),
    g: mul(mul(all, i), tanhSlope(g)),
    o: dO,
  };
  const c = add(mul(all, f), add(look(gates.i, 0), look(gates.f, 1)));
  const seen = [mul(gates.i, before), mul(gates.f, before), mul(gates.o, after)].map((d) => sum(d, 0));
  return { c, gates, seen };
}

function expectTime({ dataId, dtype }: Tensor, { shape }: Tensor): void {
  const { data } = engine().backend as unknown as { data: { get(id: object): { values: Int32Array } } };
  const [low, high] = data.get(dataId).values;
  if ((dtype as string) !== 'int64' || low !== shape[0] || high !== 0) throw new Error(`seq_len_max: ${low}, ${dtype}`);
}

const names = ['FLOAT', 'INT32', 'BOOL', 'ATTR_TYPE', 'ATTR_INT', 'ATTR_FLOAT', 'ATTR_BOOL'];
const binding = Object.fromEntries(names.map((name, i) => [`TF_${name}`, i]));

/**
 * Activates a backend `tensorflow` that wraps the active one, cpu, and executes ops of TensorFlow by name as tfjs-node does,
 * with exactly the attributes that they require. It counts them.
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
  // Not its first use: it would print the banner of tfjs.
  const parts = { firstUse: false, binding, executeMultipleOutputs };
  registerBackend('tensorflow', () => Object.assign(new Backend(), parts) as never);
  await setBackend('tensorflow');
  return counts;
}
