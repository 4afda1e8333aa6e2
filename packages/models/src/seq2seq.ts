import {
  type Attention,
  type Cell,
  expectMethods,
  expectShape,
  expectSizes,
  type Json,
  OptionError,
  type Recipe,
  type Rng,
  type Source,
  type TokenModel,
  type TokenStep,
  type Tree,
  tree,
} from '@elman/core';
import { accuracy, type DenseParams, dense, type EmbeddingParams, embedding, softmaxCrossEntropy } from '@elman/nn';
import { type AttentionCellState, attentionCell, type SequenceLayer, sourceOf, unroll } from '@elman/rnn';
import { clone, expandDims, reshape, reverse, type Scalar, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { type BridgeKind, bridge } from './bridge.ts';
import type { OutputWeights } from './output/output-layer.ts';
import { sampledInputs } from './scheduled-sampling.ts';
import { repeatRows, sessionsOf } from './session.ts';

/** Sources and targets, in ids. */
export type Seq2seqBatch = {
  /** int32 [batch, sourceTime] */
  readonly sources: Tensor2D;
  /** [batch, sourceTime], 1 = real; default: all are. */
  readonly sourceMask?: Tensor2D | undefined;
  /** int32 [batch, time]: a start symbol, then the targets without the last. */
  readonly inputs: Tensor2D;
  /** int32 [batch, time] */
  readonly targets: Tensor2D;
  /** [batch, time], 1 where the target counts; default: all do. */
  readonly mask?: Tensor2D | undefined;
};

/** Parts and options of a sequence-to-sequence model. */
export type Seq2seqOptions<PE extends Tree, SE extends Tree, PD extends Tree, SD extends Tree, A extends Tree> = {
  /** A layer over embedded sources: `layer(cell)`, `bidirectional(…)`, `deep([…])`. */
  readonly encoder: SequenceLayer<PE, SE>;
  /** A cell over embedded targets; with attention and input feeding, with an inputSize that includes its own output. */
  readonly decoder: Cell<PD, SD>;
  /** Without one the decoder gets the source only through the bridge. */
  readonly attention?: Attention<A> | undefined;
  readonly inputFeeding?: boolean | undefined;
  readonly source: { readonly vocabSize: number };
  readonly target: { readonly vocabSize: number };
  /** `dense`, the default, `copy` or `none`. */
  readonly bridge?: BridgeKind | undefined;
  /** Whether to reverse sources; false by default. */
  readonly reverseSource?: boolean | undefined;
  /** Label smoothing of the loss; 0 by default. */
  readonly labelSmoothing?: number | undefined;
};

/** Parameters of its parts. */
export type Seq2seqParams = {
  readonly encoder: Tree;
  readonly decoder: Tree;
  readonly source: EmbeddingParams;
  readonly target: EmbeddingParams;
  readonly bridge: readonly DenseParams[];
  readonly output: DenseParams;
};

/** A sequence-to-sequence model. */
export interface Seq2seq<S extends Tree> {
  readonly name: string;
  /** Absent if a part has none. */
  readonly recipe?: Recipe | undefined;
  /** Vocabulary sizes. */
  readonly vocabularies: { readonly source: number; readonly target: number };
  init(rng: Rng): Seq2seqParams;
  /** No state is carried from batch to batch. */
  initialState(batchSize: number): readonly never[];
  batchSize(batch: Seq2seqBatch): number;
  /** Logits of the decoder: [batch, time, target vocabulary]. */
  logits(
    params: Seq2seqParams,
    batch: Omit<Seq2seqBatch, 'targets'>,
    options?: { readonly rng?: Rng | undefined },
  ): Tensor3D;
  /**
   * Mean nats of the unmasked targets (teacher forcing), and their number. `sampling` is the probability with which an
   * input of the decoder is replaced by a token drawn from the model; it requires `rng`.
   */
  loss(
    params: Seq2seqParams,
    batch: Seq2seqBatch,
    state: readonly never[],
    options?: {
      readonly rng?: Rng | undefined;
      readonly sampling?: number | undefined;
      readonly metrics?: boolean | undefined;
    },
  ): { loss: Scalar; count: Scalar; state: readonly never[]; metrics: { readonly [name: string]: Scalar } };
  /**
   * The decoder over these sources, as decoding methods use it: row i of a batch is conditioned on source i. It holds
   * the encoder's outputs; dispose of it before the parameters.
   */
  bind(params: Seq2seqParams, sources: Tensor2D, sourceMask?: Tensor2D | undefined): BoundSeq2seq<S>;
}

/** A decoder over given sources. The state is that of the cell or, with attention, of the `attentionCell` around it. */
export interface BoundSeq2seq<S extends Tree> extends TokenModel<S> {
  /** Disposes the encoder's outputs. */
  dispose(): void;
}

/**
 * A sequence-to-sequence model: an encoder of the source and a decoder of the target, with optional attention.
 *
 *   memory, last = encoder(embed(source))
 *   s₀           = bridge(last)
 *   yₜ, sₜ       = decoder(sₜ₋₁, embed(targetₜ₋₁), memory)      with attention: `attentionCell`
 *   p(targetₜ)   = softmax(yₜ·kernel + bias)
 *
 * Shapes: sources int32 [batch, sourceTime]; inputs, targets int32 [batch, time]; logits [batch, time, target vocabulary].
 * Init:   tables normal with deviation 1; kernel Glorot uniform; biases 0; all else as the parts have it.
 * @throws {OptionError} if the parts are incompatible.
 * @see Sutskever, Vinyals & Le 2014; Bahdanau, Cho & Bengio 2015; Luong, Pham & Manning 2015
 */
export function seq2seq<PE extends Tree, SE extends Tree, PD extends Tree, SD extends Tree, A extends Tree>(
  options: Seq2seqOptions<PE, SE, PD, SD, A>,
): Seq2seq<Tree> {
  const name = 'seq2seq';
  const { encoder, attention, inputFeeding, reverseSource = false, labelSmoothing = 0 } = options;
  const [sourceSize, targetSize] = [options.source.vocabSize, options.target.vocabSize];
  expectSizes(name, { sourceVocabSize: sourceSize, targetVocabSize: targetSize });
  const inner = options.decoder as unknown as Cell<Tree, Tree>;
  const layers = 'a layer, such as bidirectional(cell, cell) or layer(cell)';
  expectMethods(`${name}: encoder`, encoder, ['init', 'initialState', 'run'], layers);
  expectMethods(`${name}: decoder`, inner, ['init', 'initialState', 'step'], 'a cell');
  if (attention !== undefined && attention.memorySize !== encoder.outputSize) {
    throw new OptionError(
      `${name}: attention: expected memorySize=${encoder.outputSize}, the encoder's outputSize, got ${attention.memorySize}.`,
    );
  }
  const decoder = (
    attention === undefined ? inner : attentionCell(inner, attention as Attention<Tree>, { inputFeeding })
  ) as Cell<Tree, Tree, Source | undefined>;
  const toDecoder = bridge(options.bridge ?? 'dense', encoder, inner);
  const sourceTable = embedding({ vocabSize: sourceSize, size: encoder.inputSize });
  const targetTable = embedding({ vocabSize: targetSize, size: decoder.inputSize });
  const output = dense({ inputSize: decoder.outputSize, outputSize: targetSize });

  /** The decoder's memory and initial state. */
  const encode = (params: Seq2seqParams, given: Tensor2D, givenMask: Tensor2D | undefined, rng?: Rng) => {
    const [sources, mask] = reverseSource
      ? [reverse(given, 1), givenMask && reverse(givenMask, 1)]
      : [given, givenMask];
    const embedded = sourceTable.apply(params.source, sources) as Tensor3D;
    const { outputs, state: last } = encoder.run(params.encoder as PE, embedded, { mask, rng: rng?.fork('encoder') });
    const [batch] = sources.shape;
    const made = toDecoder.apply(params.bridge, last, inner.initialState(batch));
    if (attention === undefined) return { source: undefined, state: made };
    const { attention: own } = params.decoder as { readonly attention: A };
    const source = sourceOf(attention, own, outputs, mask);
    const fresh = decoder.initialState(batch, source) as { readonly [part: string]: Tree };
    return { source, state: { ...fresh, cell: made } as Tree };
  };

  const model: Seq2seq<Tree> = {
    name,
    recipe: recipeOf(options),
    vocabularies: { source: sourceSize, target: targetSize },
    init: (rng) => ({
      encoder: encoder.init(rng.fork('encoder')),
      decoder: decoder.init(rng.fork('decoder')),
      source: sourceTable.init(rng.fork('source')),
      target: targetTable.init(rng.fork('target')),
      bridge: toDecoder.init(rng.fork('bridge')),
      output: output.init(rng.fork('output')),
    }),
    initialState: () => [],
    batchSize: ({ sources }) => sources.shape[0],
    logits(params, { sources, sourceMask, inputs }, { rng } = {}) {
      const [batch, sourceTime] = sources.shape;
      expectShape(name, 'sources', sources, { batch: undefined, sourceTime: undefined });
      expectShape(name, 'inputs', inputs, { batch, time: undefined });
      if (sourceMask !== undefined) expectShape(name, 'sourceMask', sourceMask, { batch, sourceTime });
      return tree.tidy(() => {
        const { source, state } = encode(params, sources, sourceMask, rng);
        const embedded = targetTable.apply(params.target, inputs) as Tensor3D;
        const options = { state, context: source, rng: rng?.fork('decoder') };
        return output.apply(params.output, unroll(decoder, params.decoder, embedded, options).outputs);
      }) as Tensor3D;
    },
    loss(params, batch, _, { rng, sampling = 0, metrics = false } = {}) {
      const { sources, sourceMask, targets, mask } = batch;
      return tree.tidy(() => {
        const bound = () => model.bind(params, sources, sourceMask);
        const inputs = sampledInputs(name, bound, batch.inputs, { sampling, rng, mask });
        const logits = model.logits(params, { sources, sourceMask, inputs }, { rng });
        const { loss, count } = softmaxCrossEntropy(logits, targets, { mask, labelSmoothing });
        const measured: { [name: string]: Scalar } = metrics ? { accuracy: accuracy(logits, targets, { mask }) } : {};
        return { loss, count, state: [], metrics: measured };
      });
    },
    bind(params, sources, sourceMask) {
      const held = tree.tidy(() => encode(params, sources, sourceMask) as unknown as Tree) as unknown as {
        readonly source: Source | undefined;
        readonly state: Tree;
      };
      const [rows] = sources.shape;
      const sessions = sessionsOf({
        cell: decoder,
        vocabSize: targetSize,
        params: params.decoder,
        context: held.source,
        rows,
        initialState: (batchSize) => repeatRows(name, held.state, rows, batchSize),
        table: params.target.table,
        output: () => ({ weights: params.output as OutputWeights, made: [] }),
      });
      return {
        vocabSize: targetSize,
        context: held.source as Tree | undefined,
        open: sessions.open,
        initialState(batchSize) {
          if (batchSize !== rows) {
            throw new OptionError(`${name}: expected a row for each of the ${rows} sources, got ${batchSize}.`);
          }
          return tree.clone(held.state);
        },
        next(state, tokens, context: Tree | undefined = held.source as Tree | undefined) {
          expectShape(name, 'tokens', tokens, { batch: tree.leaves(state)[0]?.shape[0] });
          return tree.tidy(() => {
            const embedded = targetTable.apply(params.target, expandDims(tokens, 1)) as Tensor3D;
            const options = { state, context: context as Source | undefined };
            const { outputs, state: next } = unroll(decoder, params.decoder, embedded, options);
            const features: Tensor2D = reshape(outputs, [-1, decoder.outputSize]);
            const logits = output.apply(params.output, features);
            const step = { logits, state: next, features };
            if (attention === undefined) return step as Tree;
            return { ...step, weights: clone((next as AttentionCellState<Tree>).weights) };
          }) as TokenStep<Tree>;
        },
        dispose() {
          sessions.dispose();
          const { memory, keys, mask } = held.source ?? {};
          const made = [memory, keys, mask === sourceMask ? undefined : mask].filter((part) => part !== undefined);
          tree.dispose([held.state, ...made]);
        },
      };
    },
  };
  return model;
}

/** The recipe of the model, if all its parts have one. */
function recipeOf<PE extends Tree, SE extends Tree, PD extends Tree, SD extends Tree, A extends Tree>({
  encoder,
  decoder,
  attention,
  source,
  target,
  inputFeeding = true,
  bridge = 'dense',
  reverseSource = false,
  labelSmoothing = 0,
}: Seq2seqOptions<PE, SE, PD, SD, A>): Recipe | undefined {
  if (encoder.recipe === undefined || decoder.recipe === undefined) return undefined;
  if (attention !== undefined && attention.recipe === undefined) return undefined;
  const options: { [option: string]: Json } = {
    encoder: encoder.recipe,
    decoder: decoder.recipe,
    ...(attention?.recipe === undefined ? {} : { attention: attention.recipe, inputFeeding }),
    source: { vocabSize: source.vocabSize },
    target: { vocabSize: target.vocabSize },
    bridge,
    reverseSource,
    labelSmoothing,
  };
  return { package: '@elman/models', factory: 'seq2seq', arguments: [options] };
}
