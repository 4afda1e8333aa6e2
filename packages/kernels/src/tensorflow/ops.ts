import { type DataType, engine, scalar, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';

type AttributeType = 'TYPE' | 'INT' | 'FLOAT' | 'BOOL';
type Attribute = { readonly name: string; readonly type: number; readonly value: number | boolean };

/** What we use of the backend of tfjs-node: it runs any op of TensorFlow by its name. */
type NodeBackend = {
  readonly binding: { readonly [type in `TF_${'FLOAT' | 'INT32' | 'BOOL' | `ATTR_${AttributeType}`}`]: number };
  executeMultipleOutputs(op: string, attributes: Attribute[], inputs: readonly TensorInfo[], count: number): Tensor[];
  write(values: Int32Array, shape: number[], dtype: DataType): TensorInfo['dataId'];
  disposeData(dataId: TensorInfo['dataId']): boolean;
};

/** Ops of TensorFlow, without the overhead of tfjs. They are created within a kernel and valid until its end. */
export type TensorflowOps = {
  matMul(a: Tensor, b: Tensor, transposeA?: boolean): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  sub(a: Tensor, b: Tensor): Tensor;
  mul(a: Tensor, b: Tensor): Tensor;
  sigmoid(x: Tensor): Tensor;
  tanh(x: Tensor): Tensor;
  relu(x: Tensor): Tensor;
  /** The gradient w.r.t. x of y = σ(x). */
  sigmoidGradient(y: Tensor, dy: Tensor): Tensor;
  tanhGradient(y: Tensor, dy: Tensor): Tensor;
  reluGradient(y: Tensor, dy: Tensor): Tensor;
  /** `a` where the condition is true, else `b`; all three broadcast. */
  select(condition: Tensor, a: Tensor, b: Tensor): Tensor;
  /** Along axis 1, as the next three. */
  concat(parts: readonly Tensor[]): Tensor;
  split(x: Tensor, count: number): Tensor[];
  unstack(x: Tensor): Tensor[];
  stack(parts: readonly Tensor[]): Tensor;
  /** Any other op of float32. */
  execute(op: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[], count: number): Tensor[];
  float(name: string, value: number): Attribute;
  bool(name: string, value: boolean): Attribute;
  /** Calls a function with a scalar of int64, a type that tfjs has only for such attributes. */
  withInt64<R>(value: number, run: (scalar: TensorInfo) => R): R;
};

/** The ops on the active backend, which is that of tfjs-node. */
export function tensorflowOps(): TensorflowOps {
  const backend = engine().backend as unknown as NodeBackend;
  const { binding } = backend;
  const attribute =
    <Value extends number | boolean>(type: AttributeType) =>
    (name: string, value: Value): Attribute => ({ name, type: binding[`TF_ATTR_${type}`], value });
  const [type, int] = [attribute<number>('TYPE'), attribute<number>('INT')];
  const bool = attribute<boolean>('BOOL');

  const T = type('T', binding.TF_FLOAT);
  const floats = [T];
  const run = (op: string, attributes: Attribute[], ...inputs: Tensor[]): Tensor =>
    backend.executeMultipleOutputs(op, attributes, inputs, 1)[0] as Tensor;
  const unary = (op: string) => (x: Tensor) => run(op, floats, x);
  const binary = (op: string) => (a: Tensor, b: Tensor) => run(op, floats, a, b);

  const axis = scalar(1, 'int32');
  const [product, productOfTransposed] = [false, true].map((transposed) => [
    bool('transpose_a', transposed),
    bool('transpose_b', false),
    T,
  ]) as [Attribute[], Attribute[]];

  return {
    matMul: (a, b, transposeA = false) => run('MatMul', transposeA ? productOfTransposed : product, a, b),
    add: binary('AddV2'),
    sub: binary('Sub'),
    mul: binary('Mul'),
    sigmoid: unary('Sigmoid'),
    tanh: unary('Tanh'),
    relu: unary('Relu'),
    sigmoidGradient: binary('SigmoidGrad'),
    tanhGradient: binary('TanhGrad'),
    reluGradient: (y, dy) => run('ReluGrad', floats, dy, y),
    select: (condition, a, b) => run('SelectV2', floats, condition, a, b),
    concat: (parts) => run('ConcatV2', [int('N', parts.length), T, type('Tidx', binding.TF_INT32)], ...parts, axis),
    split: (x, count) => backend.executeMultipleOutputs('Split', [int('num_split', count), T], [axis, x], count),
    unstack(x) {
      const count = x.shape[1] as number;
      const dtype = x.dtype === 'bool' ? binding.TF_BOOL : binding.TF_FLOAT;
      const attributes = [int('num', count), int('axis', 1), type('T', dtype)];
      return backend.executeMultipleOutputs('Unpack', attributes, [x], count);
    },
    stack: (parts) => run('Pack', [int('N', parts.length), int('axis', 1), T], ...parts),
    execute: (op, attributes, inputs, count) => backend.executeMultipleOutputs(op, [...attributes, T], inputs, count),
    float: attribute<number>('FLOAT'),
    bool,
    withInt64(value, use) {
      const dtype = 'int64' as DataType;
      const dataId = backend.write(Int32Array.of(value, 0), [], dtype);
      try {
        return use({ dataId, shape: [], dtype });
      } finally {
        backend.disposeData(dataId);
      }
    },
  };
}
