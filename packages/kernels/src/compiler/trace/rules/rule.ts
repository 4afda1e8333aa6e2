import type { Attributes, Node } from '../../graph.ts';
import type { Inputs, Recorder } from '../recorder.ts';

/** A call of a kernel. */
export type Call = {
  readonly recorder: Recorder;
  readonly op: string;
  readonly inputs: Inputs;
  readonly attrs: Attributes;
};

/**
 * What is recorded for a call: nodes of the shapes and dtypes that the kernel would return. Attributes are made explicit: axes are not
 * negative, shapes and sizes have no −1.
 */
export type Rule = (call: Call) => Node | Node[];

/** Rules by the name of a kernel. */
export type Rules = { readonly [kernelName: string]: Rule };

/** The input of a name. */
export function inputOf({ inputs }: Call, name: string): Node {
  return (inputs as { readonly [name: string]: Node })[name] as Node;
}

/** The inputs of a call that takes a list. */
export const listOf = ({ inputs }: Call): readonly Node[] => Object.values(inputs);

/** The same rule for several kernels. */
export function forAll(names: readonly string[], rule: Rule): Rules {
  return Object.fromEntries(names.map((name) => [name, rule]));
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, axis) => product * axis, 1);

export const isSame = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);
