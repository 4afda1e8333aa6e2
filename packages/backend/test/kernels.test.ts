import {
  add,
  addN,
  broadcastTo,
  cast,
  cumprod,
  cumsum,
  div,
  einsum,
  engine,
  exp,
  fill,
  fused,
  getBackend,
  matMul,
  memory,
  mul,
  oneHot,
  reshape,
  reverse,
  slice,
  split,
  stack,
  stridedSlice,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tensor,
  tensor1d,
  tensor2d,
  tensorScatterUpdate,
  tidy,
  transpose,
  unsortedSegmentSum,
  unstack,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { awayFromZero, numbers, values } from './numbers.ts';

const read = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

async function expectNumbers(x: Tensor, wanted: readonly number[], digits = 4): Promise<void> {
  const found = await read(x);
  expect(found.length).toBe(wanted.length);
  for (const [i, value] of wanted.entries()) expect(found[i], `at ${i}`).toBeCloseTo(value, digits);
}

/** [rows, inner]·[inner, columns] in plain loops. */
function product(a: number[], b: number[], rows: number, inner: number, columns: number): number[] {
  return Array.from({ length: rows * columns }, (_, o) => {
    const [i, j] = [Math.floor(o / columns), o % columns];
    return Array.from({ length: inner }).reduce<number>(
      (sum, _unused, k) => sum + (a[i * inner + k] as number) * (b[k * columns + j] as number),
      0,
    );
  });
}

describe('matMul', () => {
  const sizes = [
    [1, 1, 1],
    [5, 7, 6],
    [8, 4, 12],
    [3, 17, 1],
    [2, 300, 37],
    [400, 3, 9],
    [13, 270, 1030],
  ] as const;
  for (const [rows, inner, columns] of sizes) {
    it(`[${rows}, ${inner}]·[${inner}, ${columns}], transposed or not`, async () => {
      const [a, b] = [numbers(rows * inner), numbers(inner * columns, 2)];
      const wanted = product(a, b, rows, inner, columns);
      const [left, right] = [tensor(a, [rows, inner]), tensor(b, [inner, columns])];
      const [leftT, rightT] = [transpose(left), transpose(right)];
      await expectNumbers(matMul(left, right), wanted);
      await expectNumbers(matMul(leftT, right, true), wanted);
      await expectNumbers(matMul(left, rightT, false, true), wanted);
      // A transpose is remembered from the second time on.
      for (let i = 0; i < 3; i++) await expectNumbers(matMul(leftT, rightT, true, true), wanted);
    });
  }

  it.each([1, 3, 5])('of what was computed, with an inner size of %i', async (inner) => {
    const [a, b] = [numbers(3 * inner), numbers(inner * 3, 2)];
    const wanted = product(
      a.map((value) => Math.exp(value)),
      b.map((value) => 1 - value),
      3,
      inner,
      3,
    );
    const [left, right] = [exp(tensor2d(a, [3, inner])), sub(1, tensor2d(b, [inner, 3])) as Tensor2D];
    const [leftT, rightT] = [exp(transpose(tensor2d(a, [3, inner]))), sub(1, transpose(tensor2d(b, [inner, 3])))];
    await expectNumbers(matMul(left, right), wanted, 3);
    await expectNumbers(matMul(leftT, right, true), wanted, 3);
    await expectNumbers(matMul(left, rightT, false, true), wanted, 3);
    await expectNumbers(matMul(leftT, rightT, true, true), wanted, 3);
    await expectNumbers(
      fused.matMul({ a: left, b: right, bias: tensor1d([1, 2, 3]) }),
      wanted.map((value, i) => value + 1 + (i % 3)),
      3,
    );
    const batch = matMul(stack([left, left]), stack([right, right]));
    await expectNumbers(batch, [...wanted, ...wanted], 3);
  });

  it.each(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const)(
    'with a bias and then %s, fused',
    async (activation) => {
      const [a, b] = [numbers(2 * 3 * 5), numbers(5 * 4, 2)];
      const bias = [0.5, -1, 7, -0.25];
      const slope = 0.1;
      const apply: { readonly [name: string]: (x: number) => number } = {
        linear: (x) => x,
        relu: (x) => Math.max(x, 0),
        relu6: (x) => Math.min(Math.max(x, 0), 6),
        elu: (x) => (x < 0 ? Math.expm1(x) : x),
        sigmoid: (x) => 1 / (1 + Math.exp(-x)),
        leakyrelu: (x) => (x < 0 ? slope * x : x),
        prelu: (x) => (x < 0 ? slope * x : x),
      };
      const wanted = product(a, b, 6, 5, 4).map((x, i) => apply[activation]?.(x + (bias[i % 4] as number)) as number);
      const given = {
        bias: tensor1d(bias),
        activation,
        ...(activation === 'prelu' ? { preluActivationWeights: fill([4], slope) } : { leakyreluAlpha: slope }),
      };
      const right = tensor2d(b, [5, 4]);
      await expectNumbers(fused.matMul({ a: tensor2d(a, [6, 5]), b: right, ...given }), wanted);
      await expectNumbers(
        fused.matMul({
          a: transpose(tensor2d(a, [6, 5])),
          b: transpose(right),
          transposeA: true,
          transposeB: true,
          ...given,
        }),
        wanted,
      );
    },
  );

  it('fused makes one tensor', () => {
    const [a, b, bias] = [tensor2d(numbers(6), [2, 3]), tensor2d(numbers(6), [3, 2]), tensor1d([1, 2])];
    const before = memory().numTensors;
    fused.matMul({ a, b, bias, activation: 'relu' });
    expect(memory().numTensors).toBe(before + 1);
  });

  it('of batches that broadcast', async () => {
    const [a, b] = [numbers(2 * 3 * 4), numbers(3 * 4 * 2, 2)];
    const wanted = [0, 1].flatMap((i) =>
      [0, 1, 2].flatMap((j) => product(a.slice(i * 12, i * 12 + 12), b.slice(j * 8, j * 8 + 8), 3, 4, 2)),
    );
    await expectNumbers(matMul(tensor(a, [2, 1, 3, 4]), tensor(b, [1, 3, 4, 2])), wanted);
    await expectNumbers(matMul(transpose(tensor(a, [2, 1, 3, 4]), [0, 1, 3, 2]), tensor(b, [3, 4, 2]), true), wanted);
  });

  it('by a tensor in one shape and then in another', async () => {
    const b = numbers(6, 2);
    const tall = tensor(b, [6, 1]);
    await expectNumbers(matMul(tensor(numbers(6), [1, 6]), tall), product(numbers(6), b, 1, 6, 1));
    for (const [inner, columns] of [
      [1, 6],
      [2, 3],
      [3, 2],
    ] as const) {
      const flat = reshape(tall, [inner, columns]);
      const a = numbers(4 * inner, 3);
      await expectNumbers(matMul(tensor(a, [4, inner]), flat), product(a, b, 4, inner, columns));
      await expectNumbers(matMul(tensor(a, [2, 2, inner]), flat), product(a, b, 4, inner, columns));
    }
  });

  it('of new weights in the memory of old ones', async () => {
    for (let i = 0; i < 5; i++) {
      const [a, b] = [numbers(12, i), numbers(12, i + 10)];
      const [left, right] = [tensor(a, [3, 4]), tensor(b, [3, 4])];
      const flipped = Array.from({ length: 12 }, (_, k) => b[(k % 3) * 4 + Math.floor(k / 3)] as number);
      for (let again = 0; again < 3; again++) {
        const y = matMul(left, right, false, true);
        await expectNumbers(y, product(a, flipped, 3, 4, 3));
        y.dispose();
      }
      left.dispose();
      right.dispose();
    }
  });

  it('of whole numbers', async () => {
    const y = matMul(
      tensor2d(
        [
          [1, 2],
          [3, 4],
        ],
        [2, 2],
        'int32',
      ),
      tensor2d([[5], [6]], [2, 1], 'int32'),
    );
    expect(y.dtype).toBe('int32');
    expect(await read(y)).toEqual([17, 39]);
  });

  it('of shapes that do not fit throws', () => {
    expect(() => matMul(values([2, 3]), values([2, 3]))).toThrow(/2.*3/);
  });
});

describe('taking apart', () => {
  const x = (): Tensor =>
    tensor(
      Array.from({ length: 24 }, (_, i) => i),
      [2, 3, 4],
    );
  const at = (i: number, j: number, k: number): number => (i * 3 + j) * 4 + k;

  it('slices', async () => {
    expect(await read(slice(x(), [1, 0, 0], [1, 3, 4]))).toEqual(Array.from({ length: 12 }, (_, i) => 12 + i));
    expect(await read(slice(x(), [0, 1, 0], [2, 2, 4]))).toEqual(
      [4, 5, 6, 7, 8, 9, 10, 11].flatMap((v) => [v]).concat([16, 17, 18, 19, 20, 21, 22, 23]),
    );
    expect(await read(slice(x(), [0, 0, 3], [2, 3, 1]))).toEqual([3, 7, 11, 15, 19, 23]);
    expect(await read(slice(x(), [1, 1, 1], [1, 2, 2]))).toEqual([at(1, 1, 1), at(1, 1, 2), at(1, 2, 1), at(1, 2, 2)]);
    expect(await read(slice(x(), 0))).toEqual(await read(x()));
    expect((await slice(x(), [0, 1], [2, 0]).data()).length).toBe(0);
  });

  it.each(['int32', 'bool'] as const)('slices and splits %s', async (dtype) => {
    const y = tensor([1, 0, 1, 1, 0, 0], [2, 3], dtype);
    const [left, right] = split(y, [1, 2], 1) as [Tensor, Tensor];
    expect([left.dtype, right.dtype]).toEqual([dtype, dtype]);
    expect([await read(left), await read(right)]).toEqual([
      [1, 1],
      [0, 1, 0, 0],
    ]);
  });

  it.each([0, 1, 2])('unstacks axis %i', async (axis) => {
    const size = [2, 3, 4][axis] as number;
    const parts = unstack(x(), axis);
    expect(parts.length).toBe(size);
    for (const [i, part] of parts.entries()) {
      expect(part.shape).toEqual([2, 3, 4].toSpliced(axis, 1));
      const begin = [0, 0, 0].with(axis, i);
      expect(await read(part)).toEqual(await read(slice(x(), begin, [2, 3, 4].with(axis, 1))));
    }
  });

  it('gives pieces that outlive the whole', async () => {
    const whole = x();
    const [first, second] = split(whole, 2, 2) as [Tensor, Tensor];
    const copy = whole.clone();
    whole.dispose();
    expect(await read(first)).toEqual([0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21]);
    first.dispose();
    expect((await read(second)).slice(0, 2)).toEqual([2, 3]);
    expect(await read(copy)).toEqual(await read(x()));
  });

  it('keeps the dtype in a strided slice', async () => {
    const y = stridedSlice(tensor1d([0, 1, 2, 3, 4, 5], 'int32'), [1], [6], [2]);
    expect(y.dtype).toBe('int32');
    expect(await read(y)).toEqual([1, 3, 5]);
  });

  it('reverses bits, and touches nothing beside them', async () => {
    const bits = Array.from({ length: 96 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    const x = tensor2d(bits, [3, 32], 'bool');
    const reversed = tidy(() => Array.from({ length: 20 }, () => [reverse(x, 1), zeros([7])]).flat());
    for (const [i, tensor] of reversed.entries()) {
      const rows = [0, 1, 2].flatMap((row) => bits.slice(32 * row, 32 * (row + 1)).reverse());
      expect(await read(tensor)).toEqual(i % 2 === 0 ? rows : [0, 0, 0, 0, 0, 0, 0]);
    }
    expect(reversed[0]?.dtype).toBe('bool');
  });
});

describe('transpose', () => {
  it.each(
    [
      [0, 1, 2],
      [1, 0, 2],
      [2, 1, 0],
      [0, 2, 1],
      [2, 0, 1],
      [1, 2, 0],
    ].map((perm) => [perm]),
  )('%o', async (perm) => {
    const [shape, x] = [
      [2, 3, 4],
      tensor(
        Array.from({ length: 24 }, (_, i) => i),
        [2, 3, 4],
        'int32',
      ),
    ];
    const y = transpose(x, perm);
    expect([y.shape, y.dtype]).toEqual([perm.map((axis) => shape[axis]), 'int32']);
    const wanted = Array.from({ length: 24 }, (_, o) => {
      const [, b, c] = y.shape as [number, number, number];
      const place = [Math.floor(o / (b * c)), Math.floor(o / c) % b, o % c];
      const from = [0, 1, 2].map((axis) => place[perm.indexOf(axis)] as number) as [number, number, number];
      return (from[0] * 3 + from[1]) * 4 + from[2];
    });
    expect(await read(y)).toEqual(wanted);
  });

  it('of truth values', async () => {
    const y = transpose(tensor([1, 0, 0, 1, 1, 0], [1, 2, 3], 'bool'), [2, 0, 1]);
    expect([y.shape, y.dtype]).toEqual([[3, 1, 2], 'bool']);
    expect(await read(y)).toEqual([1, 1, 0, 1, 0, 0]);
  });

  it('of long rows', async () => {
    const x = values([3, 2, 40]);
    expect(await read(transpose(transpose(x, [1, 0, 2]), [1, 0, 2]))).toEqual(await read(x));
  });
});

describe('arithmetic', () => {
  const shapes = [
    [
      [2, 3],
      [2, 3],
    ],
    [[2, 3], [3]],
    [[3], [2, 3]],
    [[2, 3], []],
    [[], [2, 3]],
    [
      [2, 1],
      [1, 3],
    ],
    [
      [2, 3],
      [2, 1],
    ],
    [[0, 3], [3]],
  ] as [number[], number[]][];
  it.each(shapes)('%o and %o', async (left, right) => {
    const [a, b] = [values(left), awayFromZero(right, 2)];
    const shape = [a.size === 0 ? 0 : 2, 3];
    const [as, bs] = [await read(broadcastTo(a, shape)), await read(broadcastTo(b, shape))];
    const pairs = as.map((value, i) => [value, bs[i] as number] as const);
    await expectNumbers(
      add(a, b),
      pairs.map(([x, y]) => x + y),
    );
    await expectNumbers(
      sub(a, b),
      pairs.map(([x, y]) => x - y),
    );
    await expectNumbers(
      mul(a, b),
      pairs.map(([x, y]) => x * y),
    );
    await expectNumbers(
      div(a, b),
      pairs.map(([x, y]) => x / y),
      3,
    );
  });
});

describe('sums of many', () => {
  it.each([1, 2, 7, 8, 9, 14, 25])('%i tensors', async (count) => {
    const terms = Array.from({ length: count }, (_, i) => values([2, 3], i));
    const added = [0, 1, 2, 3, 4, 5].map((place) =>
      terms.reduce((total, _, i) => total + (numbers(6, i)[place] as number), 0),
    );
    const before = memory().numTensors;
    const y = addN(terms);
    expect(memory().numTensors).toBe(before + 1);
    await expectNumbers(y, added);
  });

  it('of whole numbers', async () => {
    const y = addN(Array.from({ length: 9 }, (_, i) => tensor1d([i, 1], 'int32')));
    expect(y.dtype).toBe('int32');
    expect(await read(y)).toEqual([36, 9]);
  });
});

describe('casts to float32', () => {
  const swapped = [0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11];
  const numbersOf = {
    int32: [5, -3, 0, 7, 1, 2, -8, 4, 6, 9, 3, -1],
    bool: [1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1],
  } as const;
  it.each(['int32', 'bool'] as const)('of %s are floats to whatever comes next', async (dtype) => {
    const whole = numbersOf[dtype];
    const x = cast(tensor([...whole], [2, 2, 3], dtype), 'float32');
    expect(x.dtype).toBe('float32');
    await expectNumbers(
      transpose(x, [1, 0, 2]),
      swapped.map((i) => whole[i] as number),
    );
    await expectNumbers(
      matMul(reshape(x, [4, 3]), tensor2d([0.5, 1, -1], [3, 1])),
      [0, 3, 6, 9].map((i) => 0.5 * (whole[i] as number) + (whole[i + 1] as number) - (whole[i + 2] as number)),
    );
    await expectNumbers(
      add(x, 0.5),
      whole.map((value) => value + 0.5),
    );
    for (const [i, part] of unstack(x, 1).entries()) {
      await expectNumbers(
        part,
        swapped.slice(6 * i, 6 * i + 6).map((at) => whole[at] as number),
      );
    }
  });

  it('of a one-hot of whole numbers, time-major', async () => {
    const x = cast(oneHot(tensor1d([1, 0, 2, 1], 'int32'), 3), 'float32');
    expect(await read(transpose(reshape(x, [2, 2, 3]), [1, 0, 2]))).toEqual([0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0]);
    expect((await cast(tensor1d([], 'int32'), 'float32').data()).length).toBe(0);
  });
});

describe('sum', () => {
  for (const shape of [
    [70, 1],
    [3, 37],
    [2, 65, 5],
    [130, 16],
    [1, 9],
  ]) {
    it(`over the first axes of [${shape}]`, async () => {
      const data = numbers(shape.reduce((size, axis) => size * axis, 1));
      const columns = shape.at(-1) as number;
      const wanted = Array.from({ length: columns }, (_, j) =>
        data.filter((_value, i) => i % columns === j).reduce((total, value) => total + value, 0),
      );
      const axes = shape.slice(1).map((_, i) => i);
      const x = tensor(data, shape);
      await expectNumbers(sum(x, axes), wanted);
      const kept = sum(x, axes, true);
      expect(kept.shape).toEqual([...axes.map(() => 1), columns]);
      await expectNumbers(kept, wanted);
    });
  }

  it('over the first axes of whole numbers', async () => {
    const x = tensor2d([1, 2, 3, 4], [2, 2], 'int32');
    const y: Tensor = sum(x, 0);
    expect(y.dtype).toBe('int32');
    expect(await read(y)).toEqual([4, 6]);
  });

  it('stays exact over long columns', async () => {
    const count = 40_000;
    const [total] = await read(sum(fill([count, 1], 0.1), 0));
    expect(Math.abs((total as number) / (count * Math.fround(0.1)) - 1)).toBeLessThan(
      ['webgl', 'webgpu'].includes(getBackend()) ? 1e-4 : 2e-5,
    );
  });
});

describe('segments', () => {
  const x = (): Tensor => tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);

  it('adds rows by id', async () => {
    const y: Tensor = unsortedSegmentSum(x() as never, tensor1d([2, 0, 2, 3], 'int32'), 5);
    expect(y.shape).toEqual([5, 2]);
    expect(await read(y)).toEqual([3, 4, 0, 0, 6, 8, 7, 8, 0, 0]);
  });

  it('adds whole numbers', async () => {
    const y: Tensor = unsortedSegmentSum(cast(x(), 'int32') as never, tensor1d([1, 0, 1, 1], 'int32'), 2);
    expect(y.dtype).toBe('int32');
    expect(await read(y)).toEqual([3, 4, 13, 16]);
  });

  it('leaves out ids that name none where the kernel is ours', async () => {
    if (getBackend() !== 'cpu' && getBackend() !== 'wasm') return;
    const y: Tensor = unsortedSegmentSum(x() as never, tensor1d([2, 0, -1, 5], 'int32'), 4);
    expect(await read(y)).toEqual([3, 4, 0, 0, 1, 2, 0, 0]);
  });
});

describe('one-hot', () => {
  it.each(['int32', 'float32'] as const)('in %s, nothing for ids out of range', async (dtype) => {
    const y = oneHot(tensor1d([1, 3, 0], 'int32'), 3, 1, 0, dtype);
    expect(await read(y)).toEqual([0, 1, 0, 0, 0, 0, 1, 0, 0]);
  });
});

describe('running sums', () => {
  it.each([3, 5, 4])('of %i, reversed', async (size) => {
    const list = Array.from({ length: size }, (_, i) => i + 1);
    const from = (i: number, combine: (a: number, b: number) => number): number => list.slice(i).reduce(combine);
    await expectNumbers(
      cumsum(tensor1d(list), 0, false, true),
      list.map((_, i) => from(i, (a, b) => a + b)),
    );
    await expectNumbers(
      cumprod(tensor1d(list), 0, false, true),
      list.map((_, i) => from(i, (a, b) => a * b)),
    );
  });
});

describe('einsum', () => {
  const sizes: { [label: string]: number } = { b: 2, i: 2, j: 3, k: 4 };
  const shape = (labels: string): number[] => [...labels].map((label) => sizes[label] as number);

  /** Every combination of the labels, multiplied and added up. */
  function reference(equation: string, tensors: number[][]): number[] {
    const [left, output] = equation.split('->') as [string, string];
    const inputs = left.split(',');
    const labels = [...new Set(left.replace(',', ''))];
    const total = shape(labels.join('')).reduce((a, b) => a * b, 1);
    const size = shape(output).reduce((a, b) => a * b, 1);
    const out = new Array<number>(size).fill(0);
    for (let n = 0; n < total; n++) {
      const at = new Map<string, number>();
      let rest = n;
      for (const label of labels) {
        at.set(label, rest % (sizes[label] as number));
        rest = Math.floor(rest / (sizes[label] as number));
      }
      const place = (names: string): number =>
        [...names].reduce((index, label) => index * (sizes[label] as number) + (at.get(label) as number), 0);
      const term = inputs.reduce((p, names, i) => p * ((tensors[i] as number[])[place(names)] as number), 1);
      out[place(output)] = (out[place(output)] as number) + term;
    }
    return out;
  }

  it.each([
    'ij,jk->ik',
    'bij,bkj->bik',
    'bij,jk->kib',
    'ij,ij->',
    'ij,kj->ikj',
    'ij->ji',
    'bij->j',
    'ij,k->k',
    'i,j->ji',
  ])('%s', async (equation) => {
    const inputs = (equation.split('->')[0] as string).split(',');
    const data = inputs.map((labels, i) =>
      numbers(
        shape(labels).reduce((a, b) => a * b, 1),
        i,
      ),
    );
    const tensors = inputs.map((labels, i) => tensor(data[i] as number[], shape(labels)));
    const y = einsum(equation, ...tensors);
    expect(y.shape).toEqual(shape(equation.split('->')[1] as string));
    await expectNumbers(y, reference(equation, data));
  });

  it('throws where sizes differ', () => {
    expect(() => einsum('ij,jk->ik', values([2, 3]), values([2, 3]))).toThrow(/einsum|dimension/);
  });
});

describe('arguments', () => {
  it('are not written to by tensorScatterUpdate', async () => {
    const x = tensor2d([1, 2, 3, 4], [2, 2]);
    const y = tensorScatterUpdate(x, tensor2d([[1]], [1, 1], 'int32'), tensor2d([9, 9], [1, 2]));
    expect([await read(y), await read(x)]).toEqual([
      [1, 2, 9, 9],
      [1, 2, 3, 4],
    ]);
  });
});

it('leaves nothing behind in the backend itself, remembered transposes included', async () => {
  const held = (): number => engine().backend.numDataIds();
  const before = held();
  for (let i = 0; i < 3; i++) {
    const [a, b] = [values([3, 4], i), values([5, 4], i)];
    for (let again = 0; again < 4; again++) matMul(a, b, false, true).dispose();
    const copy = b.clone();
    b.dispose();
    matMul(a, copy, false, true).dispose();
    copy.dispose();
    a.dispose();
  }
  expect(held()).toBe(before);
});

it('leaves no tensor behind', async () => {
  const before = memory().numTensors;
  tidy(() => {
    const a = values([2, 3, 4]);
    const parts = [...split(a, 2, 2), ...unstack(a, 1), slice(a, [0, 1], [2, 1])];
    matMul(a, a, false, true);
    matMul(a, reshape(parts[0] as Tensor, [4, 3]));
    einsum('bij,bkj->bik', a, a);
    unsortedSegmentSum(values([3, 2]) as never, tensor1d([0, 1, 0], 'int32'), 2);
    cumsum(a, 1, true, true);
    oneHot(tensor1d([0, 1], 'int32'), 3);
  });
  expect(memory().numTensors, getBackend()).toBe(before);
});
