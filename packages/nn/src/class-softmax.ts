import { expectSizes, OptionError } from '@elman/core';
import { affine, classCrossEntropyOf, hasSoftmaxCrossEntropy, valuesHere } from '@elman/kernels';
import {
  add,
  clone,
  equal,
  expandDims,
  fill,
  mul,
  reshape,
  type Scalar,
  split,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tidy,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from './cross-entropy.ts';
import { withGradients } from './custom-gradient.ts';
import { type DenseParams, dense } from './dense.ts';
import { expectLastAxis, expectTargetsOf } from './expect.ts';
import { type HierarchicalSoftmax, joinedLogProbabilities, lookUp, placesOf } from './hierarchy.ts';
import { glorotUniform } from './initializers.ts';
import { meanWeights } from './masked.ts';

/** Sizes and classes of a class-based softmax. */
export type ClassSoftmaxOptions = {
  readonly inputSize: number;
  /** [V]: the class of each id, from 0, each with one word or more: of `wordClasses`, say. */
  readonly classes: readonly number[];
};

/**
 * Of the classes: kernel [inputSize, C], bias [C]. Of the words: kernel [V, inputSize], bias [V], class after class, and
 * by id within a class.
 */
export type ClassSoftmaxParams = {
  readonly classes: DenseParams;
  readonly words: { readonly kernel: Tensor2D; readonly bias: Tensor1D };
};

/** A class-based softmax: `sizes` are those of its classes. */
export type ClassSoftmax = HierarchicalSoftmax<ClassSoftmaxParams>;

/** Logits of words that are in another class; a finite number, since not every device has infinity. */
const ELSEWHERE = -1e30;

/**
 * Class-based (two-level hierarchical) softmax: a word's class, and then the word among those of its class.
 *
 *   p(word | x) = p(class | x)·p(word | x, class)
 *   p(class | x)       = softmax(x·classes.kernel + classes.bias)
 *   p(word | x, class) = softmax(x·words.kernelᵀ + words.bias) over the words of the class
 *
 * A target's loss needs the logits of C classes and of the words of one class: with C = √V classes of √V words, 2·√V
 * instead of V. On the backends cpu and wasm, where there is SIMD, nothing else is computed, in one op with its gradient;
 * on others the logits of all words are, and those of other classes are left out.
 *
 * Shapes: x […, inputSize], ids int32 […] from 0 to V − 1.
 * Init:   kernels Glorot uniform, biases 0.
 * @throws {OptionError} if inputSize is not a positive whole number, or the classes are not 0 to C − 1, none of them empty.
 * @throws {ShapeError} if shapes do not match. {DataError} for an unmasked id that is out of range, on cpu and wasm.
 * @see Goodman 2001, Classes for fast maximum entropy training; Mikolov et al. 2011
 */
export function classSoftmax({ inputSize, classes }: ClassSoftmaxOptions): ClassSoftmax {
  const name = 'classSoftmax';
  expectSizes(name, { inputSize });
  const { order, places, bounds, sizes, classOf } = arranged(name, classes);
  const vocabSize = classes.length;
  const layer = dense({ inputSize, outputSize: sizes.length });

  const wordsOf = (x: Tensor2D, { words: { kernel, bias } }: ClassSoftmaxParams): Tensor2D =>
    affine({ x, kernel, bias, transposed: true });

  return {
    name,
    inputSize,
    vocabSize,
    order,
    sizes,
    init: (rng) => ({
      classes: layer.init(rng.fork('classes')),
      words: { kernel: glorotUniform(rng.fork('words'), [vocabSize, inputSize]), bias: zeros([vocabSize]) },
    }),
    logProbabilities<T extends Tensor>(params: ClassSoftmaxParams, x: T): T {
      expectLastAxis(name, 'x', x, 'inputSize', inputSize);
      return tidy(() => {
        const rows: Tensor2D = reshape(x, [-1, inputSize]);
        const parts = split(wordsOf(rows, params), [...sizes], 1);
        const groups = parts.map((logits, parent) => ({ logits, parent }));
        const joined = joinedLogProbabilities(layer.apply(params.classes, rows), groups, places);
        return reshape(joined, [...x.shape.slice(0, -1), vocabSize]) as T;
      });
    },
    loss(params, x, ids, { mask } = {}) {
      expectTargetsOf(name, x, inputSize, { ids, mask, vocabSize });
      return tidy(() => {
        const rows: Tensor2D = reshape(x, [-1, inputSize]);
        const real = mask && reshape(mask, [-1]);
        const targets = { ids: reshape(ids, [-1]) as Tensor1D, mask: real, vocabSize };
        const classIds = lookUp((id) => classes[id] as number, targets);
        const wordPlaces = lookUp((id) => places[id] as number, targets);
        const { loss, count } = softmaxCrossEntropy(layer.apply(params.classes, rows), classIds, { mask: real });
        if (!hasSoftmaxCrossEntropy()) {
          const inClass = equal(expandDims(tensor1d(classOf, 'int32'), 0), expandDims(classIds, 1));
          const logits = wordsOf(rows, params);
          const masked = where(inClass, logits, fill(logits.shape, ELSEWHERE));
          const within = softmaxCrossEntropy(masked, wordPlaces, { mask: real });
          return { loss: add(loss, within.loss), count };
        }
        const { weights } = meanWeights([rows.shape[0]], real);
        const { kernel, bias } = params.words;
        const within = withGradients<Scalar>([rows, kernel, bias], ([given, byWord, offsets], save) => {
          const found = classCrossEntropyOf({
            x: given as Tensor2D,
            kernel: byWord as Tensor2D,
            bias: offsets as Tensor1D,
            places: wordPlaces,
            weights,
            bounds,
            classOf,
          });
          save([found.byX, found.byKernel, found.byBias]);
          const gradFunc = (dy: Scalar, saved: Tensor[]): Tensor[] =>
            saved.map((gradient) => (valuesHere(dy)[0] === 1 ? clone(gradient) : mul(gradient, dy)));
          return { value: found.loss, gradFunc };
        });
        return { loss: add(loss, within), count };
      });
    },
  };
}

type Arranged = {
  readonly order: readonly number[];
  readonly places: readonly number[];
  readonly sizes: readonly number[];
  readonly bounds: Int32Array;
  readonly classOf: Int32Array;
};

/** The words by class and id. @throws {OptionError} unless the classes are 0 to C − 1, none of them empty. */
function arranged(name: string, classes: readonly number[]): Arranged {
  if (!Array.isArray(classes) || classes.length === 0) {
    throw new OptionError(`${name}: classes: expected the class of each id, as wordClasses(counts) returns, got none.`);
  }
  const wrong = classes.findIndex((of) => !Number.isSafeInteger(of) || of < 0 || of >= classes.length);
  if (wrong >= 0) {
    throw new OptionError(
      `${name}: classes: expected 0 to at most ${classes.length - 1}, got ${classes[wrong]} for id ${wrong}.`,
    );
  }
  const sizes = Array<number>(classes.reduce((most, of) => Math.max(most, of), 0) + 1).fill(0);
  for (const of of classes) sizes[of] = (sizes[of] as number) + 1;
  const empty = sizes.indexOf(0);
  if (empty >= 0) {
    throw new OptionError(`${name}: classes: expected a word in each of ${sizes.length}, got none in class ${empty}.`);
  }
  const order = classes.map((_, id) => id).sort((a, b) => (classes[a] as number) - (classes[b] as number) || a - b);
  const places = placesOf(name, order, order.length);
  const bounds = new Int32Array(sizes.length + 1);
  sizes.forEach((size, c) => {
    bounds[c + 1] = (bounds[c] as number) + size;
  });
  return { order, places, sizes, bounds, classOf: Int32Array.from(order, (id) => classes[id] as number) };
}
