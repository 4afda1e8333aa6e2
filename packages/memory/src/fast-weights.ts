import { expectShape, expectSizes, type Frame, type Memory, OptionError, tree } from '@elman/core';
import {
  add,
  div,
  elu,
  expandDims,
  matMul,
  moments,
  mul,
  reshape,
  sigmoid,
  softmax,
  split,
  sqrt,
  sub,
  sum,
  type Tensor3D,
  zeros,
} from '@tensorflow/tfjs-core';

/** Sizes and rule of fast weights. */
export type FastWeightsOptions = {
  readonly keySize: number;
  readonly valueSize: number;
  /** The update rule of a write; by default `hebbian`. */
  readonly rule?: FastWeightRule | undefined;
  /** λ, the decay of the weights per access, above 0 and up to 1; by default 0.95 with `hebbian`, 1 with `delta`. */
  readonly decay?: number | undefined;
  /** η of `hebbian`; by default 0.5. With `delta` the rate is part of the command. */
  readonly rate?: number | undefined;
  /** φ, the feature map of keys and queries; by default `identity` with `hebbian`, `softmax` with `delta`. */
  readonly features?: FastWeightFeatures | undefined;
  /** Whether reads are layer-normalized; by default they are with `hebbian`. */
  readonly normalized?: boolean | undefined;
};

/** Adds an outer product, or corrects the value that a key retrieves. */
export type FastWeightRule = 'hebbian' | 'delta';

/** x; softmax(x); or (elu(x) + 1) ÷ its sum. */
export type FastWeightFeatures = 'identity' | 'softmax' | 'elu';

/** The associations, [batch, valueSize, keySize]. */
export type FastWeightsState = { readonly weights: Tensor3D };

const features: { readonly [name in FastWeightFeatures]: (x: Frame) => Frame } = {
  identity: (x) => x,
  softmax: (x) => softmax(x),
  elu: (x) => {
    const positive = add(elu(x), 1) as Frame;
    return div(positive, add(sum(positive, 1, true), 1e-6));
  },
};

/**
 * Fast weights: an associative memory that maps keys to values, written and read in every step.
 *
 *   hebbian:  A' = λ·A + η·v·φ(k)ᵀ                          r = LN(A'·φ(q))
 *   delta:    A' = λ·A + σ(β)·(v − A·φ(k))·φ(k)ᵀ            r = A'·φ(q)
 *
 * `hebbian` accumulates; with orthogonal keys it holds keySize values. `delta` first retrieves the value of the key, and
 * writes the difference, so that a repeated key replaces its value.
 * LN is layer normalization without gain and bias, (x − mean) ÷ √(variance + 10⁻⁵) over the numbers of a value.
 *
 * Command: k, v, q, and with `delta` β. interfaceSize = 2·keySize + valueSize, one more with `delta`.
 * Shapes: A [batch, valueSize, keySize]; read [batch, valueSize].
 * Init:   A = 0.
 * @throws {ShapeError} if the command is not [batch, interfaceSize].
 * @throws {OptionError} if a size is not a positive whole number, the rule or features are unknown, or λ or η is out of range.
 * @see Ba, Hinton, Mnih, Leibo & Ionescu 2016, Using fast weights to attend to the recent past; delta: Schlag, Irie & Schmidhuber
 *   2021, Linear transformers are secretly fast weight programmers; softmax as φ: Irie, Schlag, Csordás & Schmidhuber 2021
 */
export function fastWeights(options: FastWeightsOptions): Memory<FastWeightsState> {
  const { keySize, valueSize, rule = 'hebbian' } = options;
  const name = 'fastWeights';
  expectSizes(name, { keySize, valueSize });
  if (rule !== 'hebbian' && rule !== 'delta') {
    throw new OptionError(`${name}: rule: expected hebbian or delta, got ${rule}.`);
  }
  const adds = rule === 'hebbian';
  const { decay = adds ? 0.95 : 1, rate = 0.5, normalized = adds } = options;
  const { features: kind = adds ? 'identity' : 'softmax' } = options;
  if (!(decay > 0 && decay <= 1)) throw new OptionError(`${name}: decay: expected above 0 and up to 1, got ${decay}.`);
  if (!(rate > 0)) throw new OptionError(`${name}: rate: expected a number above 0, got ${rate}.`);
  if (!Object.hasOwn(features, kind)) {
    throw new OptionError(`${name}: features: expected ${Object.keys(features).join(', ')}, got ${kind}.`);
  }
  const map = features[kind];
  const parts = [keySize, valueSize, keySize, ...(adds ? [] : [1])];
  const interfaceSize = parts.reduce((a, b) => a + b);

  const find = (weights: Tensor3D, key: Frame): Frame =>
    reshape(matMul(weights, expandDims(key, 2) as Tensor3D), [key.shape[0], valueSize]);
  return {
    name,
    recipe: {
      package: '@elman/memory',
      factory: name,
      arguments: [{ keySize, valueSize, rule, decay, rate, features: kind, normalized }],
    },
    interfaceSize,
    readSize: valueSize,
    initialState: (batchSize) => ({ weights: zeros([batchSize, valueSize, keySize]) as Tensor3D }),
    access: ({ weights }, command) =>
      tree.tidy(() => {
        expectShape(name, 'command', command, { batch: undefined, interfaceSize });
        const [k, value, q, speed] = split(command, parts, 1) as [Frame, Frame, Frame, Frame | undefined];
        const [key, query] = [map(k), map(q)];
        const written = speed === undefined ? mul(value, rate) : mul(sub(value, find(weights, key)), sigmoid(speed));
        const left = decay === 1 ? weights : mul(weights, decay);
        const next = add(left, mul(expandDims(written, 2), expandDims(key, 1))) as Tensor3D;
        const found = find(next, query);
        return { read: normalized ? layerNormalized(found) : found, state: { weights: next } };
      }),
    watch: ({ weights }) => ({ weights: weights.clone() }),
  };
}

function layerNormalized(x: Frame): Frame {
  const { mean, variance } = moments(x, 1, true);
  return div(sub(x, mean), sqrt(add(variance, 1e-5)));
}
