import { type Tree, tree } from '@elman/core';
import { expectChain, expectParts, nameOf } from './chain.ts';
import { combined } from './recipe.ts';
import type { AnyLayer, LayerContextOf, ParamsOf, SequenceLayer, StatesOf } from './types.ts';

/**
 * Stacked layers, as one layer: the outputs of each are the inputs of the next. Unlike `stack` it takes
 * non-causal layers; a layer above a bidirectional one depends on future frames.
 *
 * Parameters and states are arrays, one entry a layer; all layers get the same context.
 *
 * @throws {OptionError} if there is no layer, or a layer's inputSize is not the outputSize of the previous one.
 */
export function deep<const Layers extends readonly AnyLayer[]>(
  layers: Layers,
): SequenceLayer<ParamsOf<Layers>, StatesOf<Layers>, LayerContextOf<Layers[number]>> {
  const parts: readonly AnyLayer[] = layers;
  expectParts('deep', 'layer', parts);
  const name = nameOf('deep', parts);
  expectChain(name, parts);
  const whole: SequenceLayer<readonly Tree[], readonly Tree[], unknown> = {
    name,
    inputSize: (parts[0] as AnyLayer).inputSize,
    outputSize: (parts.at(-1) as AnyLayer).outputSize,
    recipe: combined('deep', parts, (recipes) => [recipes]),
    init: (rng) => parts.map((part, i) => part.init(rng.fork(i))),
    initialState: (batchSize, context) => parts.map((part) => part.initialState(batchSize, context)),
    run: (params, inputs, { state, rng, ...options } = {}) =>
      tree.tidy(() => {
        const states: Tree[] = [];
        let outputs = inputs;
        parts.forEach((part, i) => {
          const next = part.run(params[i] as Tree, outputs, { ...options, state: state?.[i], rng: rng?.fork(i) });
          outputs = next.outputs;
          states.push(next.state);
        });
        return { outputs, state: states };
      }),
  };
  return whole as never;
}
