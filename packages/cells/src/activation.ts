import { OptionError } from '@elman/core';
import { relu, sigmoid, type Tensor2D, tanh } from '@tensorflow/tfjs-core';

export const ACTIVATIONS = ['tanh', 'relu', 'sigmoid'] as const;

/** Activation functions of a hidden layer. */
export type Activation = (typeof ACTIVATIONS)[number];

type Activate = (x: Tensor2D) => Tensor2D;

const activations: { readonly [name: string]: Activate } = { tanh, relu, sigmoid, linear: (x) => x };

/**
 * The function of that name.
 * @throws {OptionError} `simpleRnn: activation: expected tanh, relu or sigmoid, got softmax.`
 */
export function activationOf(where: string, option: string, name: string, allowed: readonly string[]): Activate {
  const found = allowed.includes(name) ? activations[name] : undefined;
  if (found !== undefined) return found;
  const list = `${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}`;
  throw new OptionError(`${where}: ${option}: expected ${list}, got ${name}.`);
}
