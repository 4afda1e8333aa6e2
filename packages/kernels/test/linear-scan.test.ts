import { DataError, type Frame, type Sequence, ShapeError, tree, valueAndGrad } from '@elman/core';
import { countTensors, expectTreesClose } from '@elman/testkit';
import {
  add,
  addN,
  engine,
  fill,
  getBackend,
  memory,
  mul,
  notEqual,
  ones,
  type Scalar,
  slice,
  square,
  squeeze,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor,
  where,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type ComplexLinearScan, type LinearScan, linearScan } from '../src/index.ts';
import { byOps } from '../src/linear-scan/by-ops.ts';
import { onArrays } from '../src/linear-scan/on-arrays.ts';
import { scanOnTape } from '../src/linear-scan/on-tape.ts';
import { type Storage, storages } from '../src/storage.ts';
import { onGpu } from './describe-sequence.ts';
import { at, expectNear, expectSlope, order } from './exact.ts';
import { type Case, exactForward, exactGradients, type Inputs, type Kind, makeScan } from './exact-linear-scan.ts';
import { drawsOf, readbacksOf } from './gpu-draws.ts';

const onHost = ['cpu', 'wasm'].includes(getBackend());
const read = async (x: Tensor): Promise<Float32Array> => Float32Array.from(await x.data());

/** All combinations of the kinds of a scan; on GPUs, which are emulated, those with other shaders. */
const kinds: readonly Omit<Kind, 'batch' | 'time' | 'size'>[] = [false, true].flatMap((isComplex) =>
  [false, true].flatMap((constant) =>
    ([undefined, 'any', ...(onGpu ? [] : ['none real' as const])] as const).flatMap((mask) =>
      [false, true].map((reverse) => ({ isComplex, constant, mask, reverse })),
    ),
  ),
);

const nameOf = ({ isComplex, constant, mask, reverse }: Omit<Kind, 'batch' | 'time' | 'size'>): string =>
  [isComplex ? 'complex' : 'real', constant && 'constant a', mask && `mask: ${mask}`, reverse && 'reverse']
    .filter(Boolean)
    .join(', ');

/** Names of inputs and results, in the order of parts. */
type TensorsOf = {
  readonly a: Tensor[];
  readonly b: Tensor[];
  readonly h: Tensor[];
  readonly mask?: Tensor2D | undefined;
};

function tensorsOf({ batch, time, size, constant = false, inputs, real }: Case): TensorsOf {
  const make = (parts: Inputs['a'], shape: number[]): Tensor[] =>
    parts.map((part) => tensor(Float32Array.from(part), shape));
  return {
    a: make(inputs.a, constant ? [size] : [batch, time, size]),
    b: make(inputs.b, [batch, time, size]),
    h: make(inputs.h, [batch, size]),
    mask: real && (tensor(Float32Array.from(real), [batch, time]) as Tensor2D),
  };
}

type Results = { readonly outputs: readonly Tensor[]; readonly h: readonly Tensor[] };

/** The op on parts. */
function scanOf({ a, b, h, mask }: TensorsOf, reverse = false): Results {
  if (b.length === 1) {
    const [x, y, start] = [a[0], b[0], h[0]] as [Sequence, Sequence, Frame];
    const { outputs, h: last } = linearScan({ a: x, b: y, h: start, mask, reverse });
    return { outputs: [outputs], h: [last] };
  }
  const complex = <T extends Tensor>([real, imag]: Tensor[]) => ({ real: real as T, imag: imag as T });
  const result = linearScan({ a: complex<Sequence>(a), b: complex<Sequence>(b), h: complex<Frame>(h), mask, reverse });
  return {
    outputs: [result.outputs.real, result.outputs.imag],
    h: [result.h.real, result.h.imag],
  };
}

/** The same with ops of the backend, frame by frame. */
function stepByStep({ a, b, h, mask }: TensorsOf, reverse = false): Results {
  const time = b[0]?.shape[1] as number;
  const frame = (x: Tensor, t: number): Tensor => (x.rank === 1 ? x : squeeze(slice(x, [0, t], [-1, 1]), [1]));
  const outputs: Tensor[][] = [];
  let state = h;
  for (const t of order(time, reverse)) {
    const [x, y] = a.map((part) => frame(part, t)) as [Tensor, Tensor?];
    const [u, v] = b.map((part) => frame(part, t)) as [Tensor, Tensor?];
    const [p, q] = state as [Tensor, Tensor?];
    const next =
      y === undefined || v === undefined || q === undefined
        ? [add(mul(x, p), u)]
        : [add(sub(mul(x, p), mul(y, q)), u), add(add(mul(x, q), mul(y, p)), v)];
    const real = mask && notEqual(slice(mask, [0, t], [-1, 1]), 0);
    outputs[t] = real === undefined ? next : next.map((part) => where(real, part, zerosLike(part)));
    state = real === undefined ? next : next.map((part, i) => where(real, part, state[i] as Tensor));
  }
  return {
    outputs: b.map((_, i) =>
      stack(
        outputs.map((parts) => parts[i] as Tensor),
        1,
      ),
    ),
    h: state,
  };
}

/** Results and gradients of Σ slopes∘results. */
function resultsAndGradients(given: Case, run = scanOf) {
  const { batch, time, size, slopes, reverse } = given;
  const { mask, ...floats } = tensorsOf(given);
  const weights = [...slopes.outputs, ...slopes.h].map((part, i) =>
    tensor(Float32Array.from(part), i < slopes.outputs.length ? [batch, time, size] : [batch, size]),
  );
  const { grads, aux } = valueAndGrad((x: typeof floats) => {
    const results = run({ ...x, mask }, reverse);
    const weighted = [...results.outputs, ...results.h].map((part, i) => sum(mul(part, weights[i] as Tensor)));
    return { loss: addN(weighted) as Scalar, aux: { ...results } };
  }, floats);
  return { results: aux, grads };
}

async function expectExact(given: Case, run = scanOf, tolerance = onGpu ? 3e-6 : 1e-6): Promise<void> {
  const { results, grads } = resultsAndGradients(given, run);
  const { batch, time, size } = given;
  const where = `${nameOf(given)} ${batch}×${time}×${size}`;
  const [wanted, slopes] = [exactForward(given), exactGradients(given)];
  for (const name of ['outputs', 'h'] as const) {
    for (const [i, part] of results[name].entries()) {
      expectNear(await read(part), wanted[name][i] as Float64Array, tolerance, `${where}: ${name}${i}`);
    }
  }
  for (const name of ['a', 'b', 'h'] as const) {
    for (const [i, part] of grads[name].entries()) {
      expectNear(await read(part), slopes[name][i] as Float64Array, tolerance, `${where}: gradient of ${name}${i}`);
    }
  }
  tree.dispose([results, grads]);
}

const sizes: readonly (readonly [batch: number, time: number, size: number])[] = onGpu
  ? [[2, 5, 3]]
  : [
      [1, 1, 1],
      [3, 1, 8],
      [1, 7, 3],
      [4, 6, 8],
      [2, 9, 13],
    ];

describe('linearScan', () => {
  it.each(kinds)('equals a float64 loop, in values and gradients: %j', async (kind) => {
    for (const [batch, time, size] of sizes) {
      await expectExact(makeScan({ ...kind, batch, time, size }, `${batch} ${time} ${size}`));
    }
  });

  it('is compared with a loop whose gradients are those of finite differences', () => {
    for (const kind of kinds) {
      const given = makeScan({ ...kind, batch: 2, time: 4, size: 3 }, 'slopes');
      const grads = exactGradients(given);
      for (const name of ['a', 'b', 'h'] as const) {
        for (const [i, values] of given.inputs[name].entries()) {
          const loss = (moved: Float64Array): number => {
            const parts = given.inputs[name].map((part, k) => (k === i ? moved : part));
            const results = exactForward(given, { ...given.inputs, [name]: parts });
            const weighted = (of: 'outputs' | 'h'): number =>
              results[of].reduce((total, part, k) => total + dotOf(part, given.slopes[of][k] as Float64Array), 0);
            return weighted('outputs') + weighted('h');
          };
          expectSlope(loss, values, grads[name][i] as Float64Array);
        }
      }
    }
  });

  it.runIf(onHost).each(['by ops, in rounds', 'in JavaScript'])('equals a float64 loop %s', async (how) => {
    const { backendName, backend } = engine();
    const storage = storages[backendName]?.(backend) as Storage;
    const kernels = how === 'in JavaScript' ? onArrays(storage) : byOps;
    for (const kind of kinds) {
      const given = makeScan({ ...kind, batch: 3, time: 6, size: 5 }, how);
      await expectExact(given, (of, reverse = false) => scanOnTape({ ...of, reverse }, kernels));
    }
  });

  it.each([{ mask: 'any' as const }, { isComplex: true, constant: true, reverse: true }])(
    'equals the ops of a step, frame by frame: %j',
    async (kind) => {
      const given = makeScan({ ...kind, batch: 3, time: 4, size: 5 }, 'steps');
      const expected = resultsAndGradients(given, stepByStep);
      await expectTreesClose(resultsAndGradients(given), expected, { relative: 1e-5, absolute: 1e-6 });
    },
  );

  it('starts from zeros by default', async () => {
    const { a, b } = tensorsOf(makeScan({ batch: 2, time: 3, size: 4 }, 'zeros')) as { a: Sequence[]; b: Sequence[] };
    const [x, y] = [a[0], b[0]] as [Sequence, Sequence];
    await expectTreesClose(linearScan({ a: x, b: y }), linearScan({ a: x, b: y, h: zeros([2, 4]) }), exactly);
  });

  it('is exact over 1000 frames', async () => {
    await expectExact(makeScan({ batch: 1, time: 1000, size: 3 }, 'long'));
    await expectExact(makeScan({ batch: 1, time: 1000, size: 3, mask: 'any', reverse: true }, 'long, masked'));
  });

  it('keeps the length of a number that it rotates, over 500 frames', async () => {
    const angles = Float32Array.from({ length: 8 }, (_, i) => 0.1 + 0.37 * i);
    const a = { real: tensor(angles.map(Math.cos)) as Tensor1D, imag: tensor(angles.map(Math.sin)) as Tensor1D };
    const b = { real: zeros([1, 500, 8]) as Sequence, imag: zeros([1, 500, 8]) as Sequence };
    const h = { real: fill([1, 8], 0.6) as Frame, imag: fill([1, 8], 0.8) as Frame };
    const { outputs } = linearScan({ a, b, h });
    for (const squared of await read(add(square(outputs.real), square(outputs.imag)))) {
      expect(Math.abs(squared - 1)).toBeLessThan(1e-4);
    }
  });

  it.each([false, true])('reads nothing of masked frames, NaN neither (complex: %s)', async (isComplex) => {
    const given = makeScan({ batch: 3, time: 6, size: 5, isComplex, mask: 'any' }, 'NaN');
    const real = given.real as Float64Array;
    const spoiled = (parts: Inputs['a']) =>
      parts.map((part) =>
        part.map((x, i) => (at(real, Math.floor(i / 5)) === 0 ? Number.NaN : x)),
      ) as unknown as Inputs['a'];
    const bad = { ...given, inputs: { a: spoiled(given.inputs.a), b: spoiled(given.inputs.b), h: given.inputs.h } };
    await expectTreesClose(resultsAndGradients(bad), resultsAndGradients(given), exactly);
    const nothing = makeScan({ batch: 2, time: 3, size: 4, isComplex, mask: 'none real' }, 'held');
    const { results } = resultsAndGradients(nothing);
    await expectTreesClose(results.h, tensorsOf(nothing).h, exactly);
    for (const part of results.outputs) await expectTreesClose(part, zeros([2, 3, 4]), exactly);
  });

  it('takes a mask of any number type', async () => {
    const given = makeScan({ batch: 2, time: 4, size: 3, mask: 'any' }, 'types');
    const tensors = tensorsOf(given);
    const expected = scanOf(tensors);
    for (const type of ['bool', 'int32'] as const) {
      const mask = tensor([...(given.real as Float64Array)], [2, 4], type) as Tensor2D;
      await expectTreesClose(scanOf({ ...tensors, mask }), expected, exactly);
    }
  });

  it.each([false, true])('gives a row the same bits in any batch (complex: %s)', async (isComplex) => {
    const given = makeScan({ batch: 5, time: 6, size: 7, isComplex, mask: 'any' }, 'rows');
    const alone = (row: number): Case => {
      const part = <T extends readonly Float64Array[]>(parts: T): T =>
        parts.map((x) => x.slice((row * x.length) / 5, ((row + 1) * x.length) / 5)) as unknown as T;
      const { inputs, slopes, real } = given;
      return {
        ...given,
        batch: 1,
        inputs: { a: part(inputs.a), b: part(inputs.b), h: part(inputs.h) },
        real: part([real as Float64Array])[0],
        slopes: { outputs: part(slopes.outputs), h: part(slopes.h) },
      };
    };
    const together = resultsAndGradients(given);
    for (const row of [0, 3, 4]) {
      const found = tree.entries(together).map(([, x]) => slice(x, [row], [1]));
      await expectTreesClose(
        tree.entries(resultsAndGradients(alone(row))).map(([, x]) => x),
        found,
        exactly,
      );
    }
  });

  it.each([
    { isComplex: false },
    { isComplex: true },
    { isComplex: false, constant: true, mask: 'any' as const, reverse: true },
  ])('has exact second-order gradients: %j', async (kind) => {
    const given = makeScan({ ...kind, batch: 2, time: 4, size: 3 }, 'second order');
    const { mask, ...floats } = tensorsOf(given);
    /** The gradient of the squared norm of the gradients. */
    const second = (run: typeof scanOf) => {
      const slopes = (x: typeof floats) =>
        valueAndGrad((y: typeof floats) => {
          const { outputs, h } = run({ ...y, mask }, given.reverse);
          return { loss: addN([...outputs, ...h].map((part) => sum(square(part)))) as Scalar, aux: {} };
        }, x).grads;
      return valueAndGrad((x: typeof floats) => {
        const norms = tree.entries(slopes(x)).map(([, slope]) => sum(square(slope)));
        return { loss: addN(norms) as Scalar, aux: {} };
      }, floats).grads;
    };
    const expected = second(stepByStep);
    await expectTreesClose(second(scanOf), expected, { relative: 1e-4, absolute: 1e-4 });
  });

  it('keeps no tensor, leaves its arguments alive, and does not grow', async () => {
    for (const isComplex of [false, true]) {
      const given = makeScan({ batch: 2, time: 5, size: 3, isComplex, constant: true, mask: 'any' }, 'leaks');
      const tensors = tensorsOf(given);
      expect(countTensors(() => scanOf(tensors))).toBe(isComplex ? 4 : 2);
      const { mask, ...floats } = tensors;
      const once = (): void => {
        const { value, grads } = valueAndGrad((x: typeof floats) => {
          const { outputs } = scanOf({ ...x, mask });
          return { loss: addN(outputs.map((part) => sum(part))) as Scalar, aux: {} };
        }, floats);
        tree.dispose([value, grads]);
      };
      once();
      const { numTensors } = memory();
      const held = engine().backend.numDataIds();
      for (let call = 0; call < 20; call++) once();
      expect(memory().numTensors).toBe(numTensors);
      expect(engine().backend.numDataIds()).toBe(held);
      for (const x of [...floats.a, ...floats.b, ...floats.h]) expect(x.isDisposed).toBe(false);
    }
  });

  it.runIf(onHost)('makes numbers below 1e-30 zero', async () => {
    const { outputs } = linearScan({ a: fill([5], 0.5) as Tensor1D, b: zeros([1, 200, 5]), h: ones([1, 5]) as Frame });
    const values = await read(outputs);
    expect(values.some((x) => x !== 0 && x < 1e-28)).toBe(true);
    expect(values.filter((x) => x !== 0 && Math.abs(x) < 1e-30)).toEqual(new Float32Array());
  });

  it('refuses inputs that do not fit', () => {
    const b = zeros([2, 3, 4]) as Sequence;
    const complex = { real: b, imag: b };
    const bad: readonly (readonly [LinearScan | ComplexLinearScan, string])[] = [
      [{ a: zeros([2, 3, 5]) as Sequence, b }, 'linearScan: a: expected [batch=2, time=3, size=4], got [2, 3, 5].'],
      [{ a: zeros([5]) as Tensor1D, b }, 'linearScan: a: expected [size=4], got [5].'],
      [{ a: b, b, h: zeros([3, 4]) as Frame }, 'linearScan: h: expected [batch=2, size=4], got [3, 4].'],
      [{ a: b, b, mask: zeros([2, 4]) }, 'linearScan: mask: expected [batch=2, time=3], got [2, 4].'],
      [{ a: b, b: zeros([2, 4]) as unknown as Sequence }, 'linearScan: b: expected [batch, time, size], got [2, 4].'],
      [
        { a: zeros([2, 0, 4]) as Sequence, b: zeros([2, 0, 4]) },
        'linearScan: b: expected one frame or more, got [2, 0, 4].',
      ],
      [{ a: zeros([2, 3, 4], 'int32') as Sequence, b }, 'linearScan: a: expected float32, got int32.'],
      [{ a: complex, b } as unknown as LinearScan, 'linearScan: a: expected a tensor as b is, got { real, imag }.'],
      [
        { a: complex, b: complex, h: zeros([2, 4]) } as unknown as LinearScan,
        'linearScan: h: expected { real, imag } as b is, got a tensor.',
      ],
    ];
    for (const [scan, message] of bad) {
      expect(() => linearScan(scan as LinearScan)).toThrow(ShapeError);
      expect(() => linearScan(scan as LinearScan)).toThrow(message);
    }
    if (onHost) expect(() => linearScan({ a: b, b, mask: fill([2, 3], 0.5) })).toThrow(DataError);
  });
});

describe.runIf(onGpu)('linearScan on webgl and webgpu', () => {
  it.each([false, true])(
    'takes a draw for each doubling of the span, and reads nothing back (complex: %s)',
    (isComplex) => {
      const parts = isComplex ? 2 : 1;
      for (const mask of [undefined, 'any'] as const) {
        for (const [time, rounds] of [
          [1, 0],
          [4, 2],
          [5, 3],
          [17, 5],
        ] as const) {
          const given = makeScan({ batch: 2, time, size: 3, isComplex, mask }, 'draws');
          const tensors = tensorsOf(given);
          const { mask: reals, ...floats } = tensors;
          const variables = Object.values(floats).flat();
          const slopes = ones([2, time, 3]);
          const forward = (): void => tree.dispose(scanOf(tensors) as unknown as Tensor[]);
          const both = (): void => {
            const { grads, value } = engine().gradients(
              () => scanOf(tensors).outputs[0] as Tensor,
              variables,
              slopes,
              true,
            );
            for (const x of [...grads, value]) x.dispose();
          };
          both();
          expect(drawsOf(forward)).toBe(1 + rounds + 2 * parts);
          // Gradients w.r.t. results that are not used are zeros: on webgl a draw each.
          const unused = getBackend() === 'webgl' ? 2 * parts - 1 : 0;
          expect(drawsOf(both) - drawsOf(forward)).toBe(1 + rounds + 3 * parts + unused);
          expect(readbacksOf(both)).toBe(0);
        }
      }
    },
  );
});

const exactly = { relative: 0, absolute: 0 };
const dotOf = (x: Float64Array, y: Float64Array): number => x.reduce((total, value, i) => total + value * at(y, i), 0);
