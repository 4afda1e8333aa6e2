import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { Node, StepGraph } from './graph.ts';

/** The tensors of a sequence. */
export type ScanTensors = {
  readonly params: readonly Tensor[];
  readonly state: readonly Tensor[];
  readonly context: readonly Tensor[];
  readonly captured: readonly Tensor[];
  readonly noise: readonly Tensor[];
  /** Frames, or the table that `ids` are rows of. */
  readonly input: Tensor;
  readonly mask: Tensor | undefined;
  readonly ids: Tensor | undefined;
};

/** Those of which there are several, with the names that the tape knows them by. */
const LISTS = [
  ['params', 'param'],
  ['state', 'state'],
  ['context', 'context'],
  ['captured', 'captured'],
  ['noise', 'noise'],
] as const;
const SINGLE = ['input', 'mask', 'ids'] as const;

/** By the names that the tape knows them by: `param0`…, `input`. */
export function namedTensors(tensors: ScanTensors): NamedTensorMap {
  const named: NamedTensorMap = {};
  for (const [kind, name] of LISTS) {
    const list = tensors[kind];
    for (let i = 0; i < list.length; i++) named[`${name}${i}`] = list[i] as Tensor;
  }
  for (const name of SINGLE) {
    const tensor = tensors[name];
    if (tensor !== undefined) named[name] = tensor;
  }
  return named;
}

/** The names of those that have a gradient. */
export function variablesOf(named: NamedTensorMap): string[] {
  const isConstant = (name: string): boolean => name === 'mask' || name === 'ids' || name.startsWith('noise');
  return Object.keys(named).filter((name) => !isConstant(name) && named[name]?.dtype === 'float32');
}

/** All of them, in the order of their names. */
export function listedTensors(tensors: ScanTensors): Tensor[] {
  const single = SINGLE.flatMap((name) => tensors[name] ?? []);
  return [...LISTS.flatMap(([kind]) => tensors[kind]), ...single];
}

/** Those of a list in that order: as many of each kind as `like` has. */
export function tensorsFrom(list: readonly Tensor[], like: ScanTensors): ScanTensors {
  let next = 0;
  const take = ({ length }: readonly Tensor[]): Tensor[] => {
    next += length;
    return list.slice(next - length, next);
  };
  const one = (tensor: Tensor | undefined): Tensor | undefined => (tensor === undefined ? undefined : list[next++]);
  return {
    params: take(like.params),
    state: take(like.state),
    context: take(like.context),
    captured: take(like.captured),
    noise: take(like.noise),
    input: one(like.input) as Tensor,
    mask: one(like.mask),
    ids: one(like.ids),
  };
}

/** Parameters, captured tensors, and the context that all rows share, by node. */
export function tensorsByNode({ params, captured, context }: ScanTensors, graph: StepGraph): Map<Node, Tensor> {
  const tensors = new Map<Node, Tensor>();
  for (const [i, of] of graph.params.entries()) tensors.set(of, params[i] as Tensor);
  for (const [i, { node }] of graph.captured.entries()) tensors.set(node, captured[i] as Tensor);
  for (const [i, of] of graph.context.entries()) if (!of.perRow) tensors.set(of, context[i] as Tensor);
  return tensors;
}
