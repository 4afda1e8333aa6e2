/** An output layer of a language model in training: its loss and gradient alone, or whole updates. */
import { type BackendName, selectBackend } from '@elman/backend';
import { lstm } from '@elman/cells';
import { Rng, type Tree, tree, valueAndGrad } from '@elman/core';
import { kernelReport, useExperimentalSimd, useThreads } from '@elman/kernels';
import { languageModel, type OutputOptions } from '@elman/models';
import { adaptiveSoftmax, classSoftmax, dense, sampledSoftmax, softmaxCrossEntropy, wordClasses } from '@elman/nn';
import { adam, chain, clipByGlobalNorm } from '@elman/optim';
import { type Scalar, type Tensor, type Tensor2D, version_core } from '@tensorflow/tfjs-core';
import type { OutputKind, OutputSetup, OutputSizes } from '../protocol.ts';
import { LARGEST_NORM, LEARNING_RATE } from '../workloads.ts';
import { numberOf } from './recurrence.ts';
import { CannotRun, serve } from './serve.ts';
import { updates } from './updates.ts';

/** Words of the head and of the first cluster, and samples, as shares of the vocabulary. */
const [HEAD, FIRST, SAMPLED] = [0.1, 0.4, 0.05];

await serve(async ({ kind, part, sizes, backend, threads, experimentalSimd }: OutputSetup) => {
  if (experimentalSimd) useExperimentalSimd();
  useThreads(threads);
  const { device } = await selectBackend(backend as BackendName).catch((error: Error) => {
    throw new CannotRun(error.message);
  });
  const step = part === 'layer' ? layerStep(kind, sizes) : updateStep(kind, sizes);
  const versions = { 'tfjs-core': version_core, Node: process.version, device, kernels: kernelReport().sequences };
  return { versions, step };
});

/** Counts of words after Zipf's law. */
function countsOf({ vocabSize }: OutputSizes): number[] {
  return Array.from({ length: vocabSize }, (_, id) => Math.ceil(1e6 / (id + 2.7) / Math.log(vocabSize)));
}

/** Ids drawn from the counts. */
function idsOf(sizes: OutputSizes, rng: Rng): Tensor2D {
  const counts = countsOf(sizes);
  return rng.tensor([sizes.batch, sizes.time], (r) => r.categorical(counts), 'int32') as Tensor2D;
}

function optionsOf(kind: OutputKind, sizes: OutputSizes): OutputOptions {
  const { vocabSize } = sizes;
  const share = (of: number): number => Math.round(of * vocabSize);
  if (kind === 'full') return { kind };
  if (kind === 'adaptive') return { kind, cutoffs: [share(HEAD), share(FIRST)] };
  if (kind === 'sampled') return { kind, samples: share(SAMPLED) };
  const by = kind === 'classes by frequency' ? 'frequency' : 'sqrt-frequency';
  return { kind: 'classes', classes: wordClasses(countsOf(sizes), { by }) };
}

type Layer = {
  readonly init: (rng: Rng) => Tree;
  readonly loss: (params: Tree, x: Tensor, ids: Tensor, rng: Rng) => Scalar;
};

function layerOf(options: OutputOptions, { hiddenSize: inputSize, vocabSize }: OutputSizes): Layer {
  if (options.kind === 'full') {
    const layer = dense({ inputSize, outputSize: vocabSize });
    return { init: layer.init, loss: (p, x, ids) => softmaxCrossEntropy(layer.apply(p as never, x), ids).loss };
  }
  if (options.kind === 'sampled') {
    const layer = sampledSoftmax({ inputSize, vocabSize, ...options });
    const loss: Layer['loss'] = (p, x, ids, rng) => layer.loss(p as never, x, ids, { samples: layer.draw(rng) }).loss;
    return { init: layer.init, loss };
  }
  const layer =
    options.kind === 'classes'
      ? classSoftmax({ inputSize, ...options })
      : adaptiveSoftmax({ inputSize, vocabSize, ...options });
  return { init: layer.init, loss: (p, x, ids) => layer.loss(p as never, x, ids).loss };
}

/** The loss and its gradient w.r.t. parameters and inputs. */
function layerStep(kind: OutputKind, sizes: OutputSizes): () => Promise<number> {
  const rng = Rng.seeded(1);
  const layer = layerOf(optionsOf(kind, sizes), sizes);
  const x = rng.fork('x').tensor([sizes.batch, sizes.time, sizes.hiddenSize], (r) => r.uniform(-1, 1));
  const ids = idsOf(sizes, rng.fork('ids'));
  const given = { x, params: layer.init(rng.fork('params')) } as { x: Tree; params: Tree };
  return async () => {
    const { value, grads } = valueAndGrad(
      (of) => ({ loss: layer.loss(of.params as Tree, of.x as Tensor, ids, rng), aux: [] }),
      given,
    );
    tree.dispose(grads);
    return numberOf(value);
  };
}

/** A whole update: forward, backward, clipping by the global norm and Adam. */
function updateStep(kind: OutputKind, sizes: OutputSizes): () => Promise<number> {
  const rng = Rng.seeded(1);
  const model = languageModel(lstm(sizes), sizes, { output: optionsOf(kind, sizes) });
  const window = { inputs: idsOf(sizes, rng.fork('inputs')), targets: idsOf(sizes, rng.fork('ids')) };
  const optimizer = chain(clipByGlobalNorm(LARGEST_NORM), adam({ learningRate: LEARNING_RATE }));
  const lossOf = (params: Tree): Scalar => {
    const state = model.initialState(sizes.batch);
    return model.loss(params as never, window, state, { rng: rng.fork('noise') }).loss;
  };
  return updates(model.init(Rng.seeded(2)) as Tree, optimizer as never, () => lossOf);
}
