import { type Frame, type Sequence, valueAndGrad } from '@elman/core';
import {
  add,
  mul,
  type Scalar,
  scalar,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import type { SequenceSizes } from '../src/sequence.ts';
import { onGpu, type SequenceCase } from './describe-sequence.ts';
import { expectNear, expectSlope, type Lengths, type SequenceGradients, type SequenceInput } from './exact.ts';
import * as exactGru from './exact-gru.ts';
import * as exactLstm from './exact-lstm.ts';
import * as exactResetBeforeGru from './exact-reset-before-gru.ts';
import * as exactRnn from './exact-simple-rnn.ts';
import { gruCase, lstmCase, peepholeLstmCase, resetBeforeGruCase, simpleRnnCases } from './sequence-cases.ts';

type Input = SequenceInput & {
  readonly c0?: Float32Array;
  readonly recurrentBias?: Float32Array;
  readonly peepholes?: Float32Array | undefined;
};
type Case = { readonly sizes: SequenceSizes; readonly input: Input; readonly grads: SequenceGradients };
type Floats = {
  readonly projected: Sequence;
  readonly recurrentKernel: Tensor2D;
  readonly h: Frame;
  readonly c: Frame;
} & {
  readonly recurrentBias: Tensor1D;
  readonly peepholes: { readonly i: Tensor1D; readonly f: Tensor1D; readonly o: Tensor1D };
};
type Exact = { readonly hs: Float64Array; readonly gradients: { readonly [name: string]: Float64Array } };

/** A sequence with its float64 reference: its results and gradients, and the loss that those are of. */
type Subject = {
  readonly sequence: SequenceCase<Floats>;
  readonly make: (sizes: SequenceSizes, options: { seed: number; lengths?: Lengths; reverse?: boolean }) => Case;
  readonly exact: (at: Case) => Exact;
  readonly loss: (at: Case) => number;
};

/** With the inputs that this one does not have left out. */
const sequenceOf = (of: unknown): SequenceCase<Floats> => of as SequenceCase<Floats>;

const lstm = (sequence: unknown, peepholes: boolean): Subject => ({
  sequence: sequenceOf(sequence),
  make: (sizes, options) => exactLstm.makeLstmCase(sizes, { ...options, peepholes }),
  exact({ sizes, input, grads }) {
    const all = input as Parameters<typeof exactLstm.exactForward>[1];
    const activations = exactLstm.exactForward(sizes, all);
    return { hs: activations.hs, gradients: exactLstm.exactBackward(sizes, { ...all, ...activations }, grads) };
  },
  loss: ({ sizes, input, grads }) => exactLstm.exactLoss(sizes, input as never, grads),
});

const gru: Subject = {
  sequence: sequenceOf(gruCase),
  make: exactGru.makeGruCase,
  exact: ({ sizes, input, grads }) => {
    const all = input as Parameters<typeof exactGru.exactForward>[1];
    return { hs: exactGru.exactForward(sizes, all).hs, gradients: exactGru.exactBackward(sizes, all, grads) };
  },
  loss: ({ sizes, input, grads }) => exactGru.exactLoss(sizes, input as never, grads),
};

const resetBeforeGru: Subject = {
  sequence: sequenceOf(resetBeforeGruCase),
  make: exactResetBeforeGru.makeResetBeforeGruCase,
  exact: ({ sizes, input, grads }) => {
    const { hs } = exactResetBeforeGru.exactForward(sizes, input);
    return { hs, gradients: exactResetBeforeGru.exactBackward(sizes, input, grads) };
  },
  loss: ({ sizes, input, grads }) => exactResetBeforeGru.exactLoss(sizes, input, grads),
};

const simpleRnn = (activation: 'tanh' | 'relu' | 'sigmoid'): Subject => ({
  sequence: sequenceOf(simpleRnnCases[activation]),
  make: (sizes, options) => exactRnn.makeSimpleRnnCase(sizes, { ...options, activation }),
  exact: ({ sizes, input, grads }) => {
    const all = { ...input, activation };
    return { hs: exactRnn.exactForward(sizes, all), gradients: exactRnn.exactBackward(sizes, all, grads) };
  },
  loss: ({ sizes, input, grads }) => exactRnn.exactLoss(sizes, { ...input, activation }, grads),
});

const subjects: { readonly [name: string]: Subject } = {
  lstm: lstm(lstmCase, false),
  peepholeLstm: lstm(peepholeLstmCase, true),
  gru,
  resetBeforeGru,
  'simpleRnn, tanh': simpleRnn('tanh'),
  'simpleRnn, relu': simpleRnn('relu'),
  'simpleRnn, sigmoid': simpleRnn('sigmoid'),
};

type Op = SequenceCase<Floats>['op'];
/** What computes a sequence here: its compiled step, as shaders on a GPU, in WebAssembly and in JavaScript elsewhere. */
const opsOf = ({ compiledFor }: SequenceCase<Floats>): Op[] =>
  onGpu ? [compiledFor(undefined)] : [compiledFor(undefined), compiledFor('javascript')];

/** [a, b, …] as [b, a, …]. */
function swapped(values: Float32Array, a: number, b: number): Float32Array {
  const width = values.length / (a * b);
  const out = new Float32Array(values.length);
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      out.set(values.subarray((i * b + j) * width, (i * b + j + 1) * width), (j * a + i) * width);
    }
  }
  return out;
}

/** All results of a sequence against its float64 reference; `tolerance` in units of the largest value of each result, or of `least`. */
async function expectExact(subject: Subject, at: Case, tolerance: number, least?: number): Promise<void> {
  for (const op of opsOf(subject.sequence)) await expectExactBy(op, subject, at, tolerance, least);
}

async function expectExactBy(op: Op, { exact }: Subject, at: Case, tolerance: number, least?: number): Promise<void> {
  const { sizes, input } = at;
  const { time, batch, hidden } = sizes;
  // Masked frames have no output, so no gradient w.r.t. it either.
  const real = (values: Float32Array): Float32Array =>
    values.map((x, i) => (input.mask && input.mask[Math.floor(i / hidden)] === 0 ? 0 : x));
  const grads = { ...at.grads, hs: real(at.grads.hs) };
  const expected = exact({ ...at, grads });

  const frame = (values: Float32Array): Frame => tensor2d(values, [batch, hidden]);
  const none = new Float32Array(batch * hidden);
  const peephole = (i: number): Tensor1D => tensor1d((input.peepholes ?? none).subarray(i * hidden, (i + 1) * hidden));
  const floats: Partial<Floats> = {
    projected: tensor(swapped(input.projected, time, batch), [batch, time, input.projected.length / (time * batch)]),
    recurrentKernel: tensor(input.recurrentKernel, [hidden, input.recurrentKernel.length / hidden]),
    h: frame(input.h0),
    ...(input.c0 && { c: frame(input.c0) }),
    ...(input.recurrentBias && { recurrentBias: tensor1d(input.recurrentBias) }),
    ...(input.peepholes && { peepholes: { i: peephole(0), f: peephole(1), o: peephole(2) } }),
  };
  const mask = input.mask && tensor2d(swapped(input.mask, time, batch), [batch, time]);
  const weights = tensor(swapped(grads.hs, time, batch), [batch, time, hidden]);
  const { grads: found, aux } = valueAndGrad((given: Floats) => {
    const { outputs, h, c } = op({ ...given, mask, reverse: input.reverse });
    const terms: Tensor[] = [sum(mul(outputs, weights)), sum(mul(h, frame(grads.hLast ?? none)))];
    if (c) terms.push(sum(mul(c, frame(grads.cLast ?? none))));
    return { loss: terms.reduce((a, b) => add(a, b), scalar(0)) as Scalar, aux: { outputs } };
  }, floats as Floats);

  const data = async (x: Tensor): Promise<Float32Array> => (await x.data()) as Float32Array;
  const hs = Float64Array.from(real(Float32Array.from(expected.hs)));
  expectNear(swapped(await data(aux.outputs), batch, time), hs, tolerance, 'outputs', least);
  const actual: { [name: string]: Float32Array } = {
    projected: swapped(await data(found.projected), batch, time),
    recurrentKernel: await data(found.recurrentKernel),
    h0: await data(found.h),
    ...(input.c0 && { c0: await data(found.c) }),
    ...(input.recurrentBias && { recurrentBias: await data(found.recurrentBias) }),
  };
  if (input.peepholes) {
    const rows = await Promise.all((['i', 'f', 'o'] as const).map((gate) => data(found.peepholes[gate])));
    actual.peepholes = Float32Array.from(rows.flatMap((row) => [...row]));
  }
  for (const [name, values] of Object.entries(actual)) {
    expectNear(values, expected.gradients[name] as Float64Array, tolerance, `gradient w.r.t. ${name}`, least);
  }
}

describe.each(Object.entries(subjects))('%s', (_, subject) => {
  it('has a reference whose gradient agrees with finite differences', () => {
    const at = subject.make({ time: 3, batch: 2, hidden: 2 }, { seed: 9, lengths: 'ragged' });
    const { gradients } = subject.exact(at);
    for (const [name, values] of Object.entries(at.input)) {
      if (!(values instanceof Float32Array) || name === 'mask') continue;
      const loss = (moved: Float64Array): number => subject.loss({ ...at, input: { ...at.input, [name]: moved } });
      expectSlope(loss, values, gradients[name] as Float64Array);
    }
  });

  it.each([1, 3, 7, 17])('equals the float64 reference: hidden %i', async (hidden) => {
    for (const [time, batch, lengths, reverse] of [
      [5, 1, 'full', false],
      [1, 5, 'ragged', false],
      [4, 3, 'ragged', true],
      [3, 2, 'empty', true],
    ] as const) {
      const at = subject.make({ time, batch, hidden }, { seed: 10 * hidden + time, lengths, reverse });
      await expectExact(subject, at, 2e-5);
    }
  });

  it('equals it over more frames than a block of sums or a shader holds, and than their square', async () => {
    // What holds them is one for all sequences.
    for (const time of subject === subjects.lstm ? [15, 16, 40, 259] : [16]) {
      await expectExact(subject, subject.make({ time, batch: 2, hidden: 2 }, { seed: time, lengths: 'ragged' }), 1e-4);
    }
  });

  it('is accurate with saturated gates and small numbers', async () => {
    const { input, ...rest } = subject.make({ time: 5, batch: 3, hidden: 9 }, { seed: 3 });
    for (const scale of [1e20, 1e3, 30, 1e-3, 1e-8, 1e-20]) {
      const scaled = (values: Float32Array): Float32Array => values.map((x) => x * scale);
      const projected = scaled(input.projected);
      // With the state as small as the rest, errors of small numbers are not masked by it.
      const small = scale < 1 && { h0: scaled(input.h0), ...(input.c0 && { c0: scaled(input.c0) }) };
      const here = { ...rest, input: { ...input, projected, ...small } };
      if (scale > 1)
        await expectExact(subject, here, 1e-3); // 1 − σ cancels
      else await expectExact(subject, here, 2e-5, 1e-30);
    }
  });
});
