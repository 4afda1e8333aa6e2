import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { PlanWorkspace } from '../../simd/plan-workspace.ts';
import type { Node } from '../graph.ts';
import type { Buffer, Plan, Section, Weights } from '../plan/plan.ts';
import { replay } from './replay.ts';
import { addressFor, padded, putRows } from './rows.ts';

/** Where parameters are written: what has no address is left out. */
export type ParameterPlaces = {
  shared(buffer: Buffer): number | undefined;
  /** Of the packed weights, in the order of the plan. */
  readonly weights: readonly number[];
  /** Room for the largest matrix. */
  readonly staging: number;
};

/** Parameters and captured tensors, and how their numbers are read. */
export type GivenParameters = {
  readonly tensors: ReadonlyMap<Node, Tensor>;
  /** A view of a tensor's numbers, valid until the next tensor is made. */
  read(tensor: Tensor): Float32Array;
};

/** The bytes of each packed matrix, of those that are used. */
export function weightBytes({ weights }: Plan, used: ReadonlySet<Node>): number[] {
  return weights.map(({ node, depth, columns }) => (used.has(node) ? 4 * depth * padded(columns) : 0));
}

/** The numbers of the largest matrix. */
export function largestMatrix({ weights }: Plan): number {
  return Math.max(0, ...weights.map(({ depth, columns }) => depth * columns));
}

/** The shared rows and matrices that sections read. */
export function parametersOf(plan: Plan, sections: readonly Section[]): ReadonlySet<Node> {
  const used = new Set<Node>();
  for (const { places, steps } of sections) {
    for (const of of places.keys()) if (plan.shared.has(of)) used.add(of);
    for (const step of steps) if (step.kind === 'product') used.add(step.weights.node);
  }
  return used;
}

/** What becomes of parameters: rows that all rows share, and matrices of products. */
export type ParameterTargets = {
  row(buffer: Buffer, values: Float32Array): void;
  matrix(weights: Weights, values: Float32Array): void;
};

/** Computes what is made from parameters alone, `used`. */
export function readParameters(
  plan: Plan,
  used: ReadonlySet<Node>,
  given: GivenParameters,
  { row, matrix }: ParameterTargets,
): void {
  const { tensors, read } = given;
  const made = [...used].filter((of) => !tensors.has(partOf(of).whole));
  const write = (values: ReadonlyMap<Node, Tensor>): void => {
    for (const [of, buffer] of plan.shared) {
      if (!used.has(of)) continue;
      const { whole, from, to } = values.has(of) ? { whole: of } : partOf(of);
      const numbers = read((values.get(whole) ?? tensors.get(whole)) as Tensor);
      row(buffer, to === undefined ? numbers : numbers.subarray(from, to));
    }
    for (const weights of plan.weights) {
      const { node } = weights;
      if (used.has(node)) matrix(weights, read((values.get(node) ?? tensors.get(node)) as Tensor));
    }
  };
  if (made.length === 0) write(new Map());
  else {
    tidy(() => {
      const values = replay(made, tensors);
      write(new Map(made.map((of, i) => [of, values[i] as Tensor])));
    });
  }
}

/** A part of a vector, as gates often are, is read where it lies. */
function partOf(of: Node): { readonly whole: Node; readonly from?: number; readonly to?: number } {
  const [whole] = of.inputs;
  if (of.op !== 'Slice' || whole === undefined || of.shape.length !== 1) return { whole: of };
  const [from] = (of.attrs as { readonly begin: readonly number[] }).begin as [number];
  return { whole, from, to: from + (of.shape[0] as number) };
}

/** Computes what is made from parameters alone, `used`; writes rows that all rows share, and packs matrices. */
export function writeParameters(
  plan: Plan,
  { blocks, team }: PlanWorkspace,
  used: ReadonlySet<Node>,
  given: GivenParameters,
  places: ParameterPlaces,
): void {
  const { staging } = places;
  readParameters(plan, used, given, {
    row(buffer, values) {
      const to = places.shared(buffer);
      if (to !== undefined) putRows(blocks, values, to, buffer);
    },
    matrix(weights, values) {
      const { node, transposed, columns: width } = weights;
      const [rows, columns] = node.shape as [number, number];
      const from = addressFor(blocks, values, staging);
      const name = transposed ? 'packTransposedKernel' : 'packKernel';
      const to = places.weights[plan.weights.indexOf(weights)] as number;
      team.run(name, padded(width), 8, 4 * rows * columns, from, 4 * columns, to, rows, columns);
    },
  });
}
