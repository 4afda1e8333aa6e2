import { expectShape, ShapeError } from '@elman/core';
import { Tensor } from '@tensorflow/tfjs-core';
import type { GruParams } from '../gated/gru.ts';
import type { LstmParams } from '../gated/lstm.ts';

/** Weights by name, from another library. */
export type NamedWeights = { readonly [name: string]: Tensor | undefined };

/** Whether each name is required; optional ones are undefined if absent. */
type Wanted = { readonly [name: string]: 'required' | 'optional' };

type Found<W extends Wanted> = { readonly [N in keyof W]: W[N] extends 'required' ? Tensor : Tensor | undefined };

/**
 * The expected weights, and no others.
 * @throws {ShapeError} naming the weight that is missing, not a tensor, or not expected.
 */
export function takeWeights<const W extends Wanted>(where: string, given: NamedWeights, wanted: W): Found<W> {
  expectRecord(where, given, Object.keys(wanted));
  const names = Object.keys(given).filter((name) => given[name] !== undefined);
  for (const [name, kind] of Object.entries(wanted)) {
    const weight: unknown = Object.hasOwn(given, name) ? given[name] : undefined;
    if (weight === undefined && kind === 'optional') continue;
    if (weight === undefined) {
      throw new ShapeError(`${where}: ${name}: missing; got ${names.join(', ') || 'no weights'}.`);
    }
    if (!(weight instanceof Tensor))
      throw new ShapeError(`${where}: ${name}: expected a tensor, got ${kindOf(weight)}.`);
  }
  const extra = names.find((name) => !Object.hasOwn(wanted, name));
  if (extra !== undefined) {
    throw new ShapeError(`${where}: ${extra}: not expected; the weights are ${Object.keys(wanted).join(', ')}.`);
  }
  return given as Found<W>;
}

const PARAMS = { kernel: 'required', recurrentKernel: 'required', bias: 'required' } as const;

/**
 * Parameters of a cell with this number of gates, checked.
 * @throws {ShapeError} naming the one that is missing, not expected or of another shape.
 */
export function expectParams(where: string, gates: number, params: LstmParams): LstmParams {
  takeWeights(where, params, PARAMS);
  expectKernels(where, gates, params);
  return params;
}

/** The same for a `gru`, which has a recurrent bias. @throws {ShapeError} */
export function expectGruParams(where: string, params: GruParams): GruParams {
  takeWeights(where, params, { ...PARAMS, recurrentBias: 'required' });
  const { hiddenSize } = expectKernels(where, 3, params);
  expectShape(where, 'recurrentBias', params.recurrentBias, { hiddenSize });
  return params;
}

function expectKernels(where: string, gates: number, params: LstmParams): { hiddenSize: number } {
  const { kernel, recurrentKernel, bias } = params;
  const hiddenSize = recurrentKernel.shape[0] ?? 0;
  const columns = { [`${gates}·hiddenSize`]: gates * hiddenSize };
  expectShape(where, 'recurrentKernel', recurrentKernel, { hiddenSize, ...columns });
  expectShape(where, 'kernel', kernel, { inputSize: undefined, ...columns });
  expectShape(where, 'bias', bias, columns);
  return { hiddenSize };
}

/** @throws {ShapeError} unless weights are a record. */
export function expectRecord(where: string, given: unknown, names: readonly string[]): void {
  const isRecord = typeof given === 'object' && given !== null && !Array.isArray(given) && !(given instanceof Tensor);
  if (isRecord && !(given instanceof Map)) return;
  throw new ShapeError(`${where}: expected an object with ${names.join(', ')}, got ${kindOf(given)}.`);
}

const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return `${value}`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  return `a ${Array.isArray(value) ? 'list' : (value.constructor?.name ?? 'record')}`;
};
