/** Each op that a step may use: its values, gradients, shapes and dtypes in a graph are those of the backend. */
import { withoutGradient } from '@elman/core';
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { cellOf, HIDDEN, INPUT } from './cells.ts';
import { expectTraced } from './expect-traced.ts';

/** x [batch, 3], m [batch, 2, 3], table [5, 3] to any shape whose axis 0 is the batch. */
type Op = (x: Tensor2D, m: Tensor3D, table: Tensor2D) => Tensor;

const WIDTH = 2;

/** A cell that weighs what the op makes of its input, its state and its parameters. */
const cellWith = (op: Op) =>
  cellOf<{ table: Tensor2D }, { m: Tensor3D }>(
    { table: [5, INPUT] },
    (batch) => ({ m: tf.zeros([batch, WIDTH, INPUT]) }),
    ({ table }, { m }, x) => {
      const made = op(x, m, table);
      const flat = tf.reshape(tf.cast(made, 'float32'), [x.shape[0], -1]) as Tensor2D;
      const size = flat.shape[1];
      const weights = Float32Array.from({ length: size * HIDDEN }, (_, i) => Math.cos(i));
      const output: Tensor2D = tf.matMul(flat, tf.tensor2d(weights, [size, HIDDEN]));
      return { output, state: { m: tf.mul(m, tf.expandDims(tf.slice(output, [0, 0], [-1, 1]), 2)) } };
    },
  );

const unit = (x: Tensor): Tensor => tf.sigmoid(x);
const ids = (x: Tensor): Tensor => withoutGradient(() => tf.argMax(x, 1));

const ops: { readonly [group: string]: { readonly [name: string]: Op } } = {
  'of one number': {
    abs: (x) => tf.abs(x),
    acos: (x) => tf.acos(tf.mul(unit(x), 0.9)),
    acosh: (x) => tf.acosh(tf.add(unit(x), 1.1)),
    asin: (x) => tf.asin(tf.mul(unit(x), 0.9)),
    asinh: (x) => tf.asinh(x),
    atan: (x) => tf.atan(x),
    atanh: (x) => tf.atanh(tf.mul(unit(x), 0.9)),
    ceil: (x) => tf.ceil(x),
    clipByValue: (x) => tf.clipByValue(x, -0.5, 0.5),
    cos: (x) => tf.cos(x),
    cosh: (x) => tf.cosh(x),
    elu: (x) => tf.elu(x),
    erf: (x) => tf.erf(x),
    exp: (x) => tf.exp(x),
    expm1: (x) => tf.expm1(x),
    floor: (x) => tf.floor(x),
    leakyRelu: (x) => tf.leakyRelu(x, 0.1),
    log: (x) => tf.log(unit(x)),
    log1p: (x) => tf.log1p(unit(x)),
    logSigmoid: (x) => tf.logSigmoid(x),
    neg: (x) => tf.neg(x),
    reciprocal: (x) => tf.reciprocal(unit(x)),
    relu: (x) => tf.relu(x),
    relu6: (x) => tf.relu6(x),
    round: (x) => tf.round(x),
    rsqrt: (x) => tf.rsqrt(unit(x)),
    selu: (x) => tf.selu(x),
    sigmoid: (x) => tf.sigmoid(x),
    sign: (x) => tf.sign(x),
    sin: (x) => tf.sin(x),
    sinh: (x) => tf.sinh(x),
    softplus: (x) => tf.softplus(x),
    sqrt: (x) => tf.sqrt(unit(x)),
    square: (x) => tf.square(x),
    step: (x) => tf.step(x, 0.1),
    tan: (x) => tf.tan(unit(x)),
    tanh: (x) => tf.tanh(x),
    isNaN: (x) => tf.isNaN(x),
    isFinite: (x) => tf.isFinite(x),
    cast: (x) => tf.cast(tf.cast(tf.mul(x, 3), 'int32'), 'float32'),
    'clone and zeros': (x) => tf.add(x.clone(), tf.zerosLike(x)),
    'ones and fill': (x) => tf.mul(tf.add(tf.onesLike(x), tf.fill([1, INPUT], 2)), x),
  },
  'of two numbers': {
    add: (x, _, table) => tf.add(x, tf.slice(table, [1, 0], [1, -1])),
    atan2: (x) => tf.atan2(x, tf.add(unit(x), 1)),
    div: (x, m) => tf.div(m, tf.add(tf.expandDims(unit(x), 1), 1)),
    divNoNan: (x) => tf.divNoNan(x, tf.add(unit(x), 1)),
    floorDiv: (x) => tf.floorDiv(tf.cast(tf.mul(x, 7), 'int32'), tf.scalar(2, 'int32')),
    maximum: (x, m) => tf.maximum(tf.expandDims(x, 1), m),
    minimum: (x, m) => tf.minimum(tf.expandDims(x, 1), m),
    mod: (x) => tf.mod(x, tf.scalar(0.3)),
    mul: (x, m) => tf.mul(tf.expandDims(x, 1), m),
    pow: (x) => tf.pow(unit(x), tf.add(unit(x), 1)),
    prelu: (x, _, table) => tf.prelu(x, tf.slice(table, [1, 0], [1, -1])),
    squaredDifference: (x, m) => tf.squaredDifference(tf.expandDims(x, 1), m),
    sub: (x, m) => tf.sub(tf.expandDims(x, 1), m),
    addN: (x) => tf.addN([x, unit(x), tf.neg(unit(x))]),
    comparisons: (x) => {
      const tests = [tf.equal, tf.notEqual, tf.greater, tf.greaterEqual, tf.less, tf.lessEqual];
      return tf.stack(
        tests.map((test) => tf.cast(test(x, tf.scalar(0)), 'float32')),
        1,
      );
    },
    'logical ops': (x) => {
      const [a, b] = [tf.greater(x, 0), tf.less(x, 0.5)];
      const all = [tf.logicalAnd(a, b), tf.logicalOr(a, b), tf.logicalXor(a, b), tf.logicalNot(a)];
      return tf.stack(
        all.map((each) => tf.cast(each, 'float32')),
        2,
      );
    },
    where: (x, m) => tf.where(tf.greater(m, 0.1), tf.expandDims(x, 1), m),
    'where along a column': (x) => tf.where(tf.greater(tf.slice(x, [0, 0], [-1, 1]), 0), x, tf.neg(x)),
  },
  'along axes': {
    sum: (_, m) => tf.sum(m, 1),
    'sum over all of a row': (_, m) => tf.sum(m, [1, 2], true),
    mean: (_, m) => tf.mean(m, -1),
    moments: (_, m) => tf.add(tf.moments(m, 2).variance, tf.moments(m, 2).mean),
    max: (_, m) => tf.max(m, 2, true),
    min: (_, m) => tf.min(m, 1),
    prod: (x) => withoutGradient(() => tf.prod(unit(x), 1)),
    all: (x) => withoutGradient(() => tf.all(tf.greater(x, 0), 1)),
    any: (x) => withoutGradient(() => tf.any(tf.greater(x, 0), -1, true)),
    argMax: (_, m) => tf.argMax(m, 2),
    argMin: (_, m) => tf.argMin(m, 1),
    norm: (_, m) => tf.norm(m, 2, 2),
    logSumExp: (_, m) => tf.logSumExp(m, 2),
    softmax: (_, m) => tf.softmax(m),
    logSoftmax: (_, m) => tf.logSoftmax(m),
    cumsum: (_, m) => tf.cumsum(m, 1, true, true),
    cumprod: (_, m) => tf.cumprod(m, 2),
    topk: (x) => tf.topk(x, 2).values,
    'topk, indices': (x) => tf.topk(x, 2).indices,
  },
  'that rearrange': {
    concat: (x, m) => tf.concat([m, tf.expandDims(x, 1)], -2),
    stack: (x) => tf.stack([x, tf.neg(x)], -1),
    unstack: (_, m) => tf.mul(tf.unstack(m, 1)[0] as Tensor, tf.unstack(m, 1)[1] as Tensor),
    split: (x) => tf.concat(tf.split(x, [1, 2], 1).reverse(), 1),
    'split into the rest': (x) => tf.split(x, [1, -1], -1)[1] as Tensor,
    slice: (_, m) => tf.slice(m, [0, 1], [-1, 1]),
    stridedSlice: (x) => withoutGradient(() => tf.stridedSlice(x, [0, 1], [x.shape[0], 3], [1, 1])),
    transpose: (_, m) => tf.transpose(m, [0, 2, 1]),
    'the batch elsewhere': (_, m) => tf.transpose(tf.tanh(tf.transpose(m, [1, 0, 2])), [1, 0, 2]),
    'the batch last': (_, m) => tf.transpose(tf.tanh(tf.transpose(m))),
    squeeze: (x) => tf.squeeze(tf.expandDims(x, 1), [1]),
    reverse: (_, m) => tf.reverse(m, [1, -1]),
    pad: (x) =>
      tf.pad(
        x,
        [
          [0, 0],
          [1, 2],
        ],
        0.5,
      ),
    mirrorPad: (x) =>
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [1, 1],
        ],
        'symmetric',
      ),
    tile: (x) => tf.tile(x, [1, 2]),
    broadcastTo: (x) => tf.broadcastTo(tf.expandDims(x, 1), [x.shape[0], 2, INPUT]),
    'a row broadcast to a batch': (x, _, table) =>
      tf.broadcastTo(tf.slice(table, [1, 0], [1, -1]), [x.shape[0], INPUT]),
    oneHot: (x) => tf.oneHot(ids(x) as Tensor, INPUT),
    'merged rows': (_, m) => tf.reshape(tf.tanh(tf.reshape(m, [-1, INPUT])), m.shape),
    'joined batches': (x) => {
      const both = tf.tanh(tf.concat([x, tf.neg(x)], 0));
      const [a, b] = tf.split(both, 2, 0) as [Tensor, Tensor];
      return tf.sub(a, tf.slice(b, [0, 0], [-1, -1]));
    },
    'constants of merged rows': (x, m) => {
      const ones = tf.ones([x.shape[0] * WIDTH, INPUT]);
      return tf.reshape(tf.add(tf.reshape(m, [-1, INPUT]), ones), m.shape);
    },
  },
  'products and lookups': {
    matMul: (x, _, table) => tf.matMul(x, table, false, true),
    dot: (x, _, table) => tf.dot(x, tf.transpose(table)),
    'batches of matrices': (_, m) => tf.matMul(m, m, false, true),
    'a batch and a matrix': (_, m, table) => tf.matMul(m, table, false, true),
    'fused.matMul': (x, _, table) => tf.fused.matMul({ a: x, b: table, transposeB: true, bias: tf.ones([5]) }),
    'fused.matMul with an activation': (x, _, table) =>
      tf.fused.matMul({ a: x, b: table, transposeB: true, activation: 'relu' }),
    einsum: (x, m) => tf.einsum('bij,bj->bi', m, x),
    'rows of a table': (x, _, table) => tf.gather(table, ids(x) as never),
    'columns of a batch': (x) => tf.gather(x, [2, 0], 1),
    batchNorm: (x, _, table) => {
      const mean = tf.mean(table, 0);
      return tf.batchNorm(x, mean, tf.add(tf.square(mean), 1), mean, mean);
    },
  },
};

for (const [group, named] of Object.entries(ops)) {
  describe(`ops ${group}`, () => {
    for (const [name, op] of Object.entries(named)) {
      it(name, () => void expectTraced(cellWith(op)));
    }
  });
}
