/** Steps worked by hand, and that states keep their norms. */
import { type Cell, type Frame, Rng, type Tree, tree } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { add, eye, matMul, mul, sub, tensor1d, tensor2d, transpose, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { antisymmetricRnn, orthogonalRnn, unitaryRnn } from '../../src/index.ts';

const ln2 = Math.LN2;
const ln3 = Math.log(3);
const row = (...values: number[]) => tensor2d([values]);

/** How much larger the state of norm 1 is after each of 1,000 frames without input: |λ|. */
async function growth<P extends Tree, S extends Tree>(cell: Cell<P, S>): Promise<number> {
  const rng = Rng.seeded(4);
  const params = cell.init(rng.fork('params'));
  const state = tree.map(cell.initialState(1), (leaf, path) => rng.fork(path).tensor(leaf.shape, (r) => r.normal()));
  const norm = async (s: S): Promise<number> => {
    const values = await Promise.all(tree.leaves(s).map((leaf) => leaf.data()));
    return Math.hypot(...values.flatMap((of) => [...of]));
  };
  const last = unroll(cell, params, zeros([1, 1000, cell.inputSize]), { state }).state;
  return ((await norm(last)) / (await norm(state))) ** (1 / 1000);
}

// On a software GPU an op takes milliseconds.
it.each([
  orthogonalRnn({ inputSize: 1, hiddenSize: 6 }),
  orthogonalRnn({ inputSize: 1, hiddenSize: 6, activation: 'linear', reflections: 1 }),
  orthogonalRnn({ inputSize: 1, hiddenSize: 24, activation: 'linear' }),
  unitaryRnn({ inputSize: 1, hiddenSize: 6 }),
  unitaryRnn({ inputSize: 1, hiddenSize: 24, permutationSeed: 3 }),
] as unknown as Cell<Tree, Tree>[])('$name of $outputSize: |λ| is 1 over 1,000 frames', async (cell) => {
  expect(Math.abs((await growth(cell)) - 1)).toBeLessThan(1e-6);
});

it.each([1, 3, 5])('orthogonalRnn: %i reflections make an orthogonal matrix', async (reflections) => {
  const cell = orthogonalRnn({ inputSize: 1, hiddenSize: 5, reflections, activation: 'linear' });
  const { output: matrix } = cell.step(cell.init(Rng.seeded(1)), { h: eye(5) }, zeros([5, 1]));
  await expectTreesClose(matMul(matrix, matrix, true, false), eye(5), { relative: 0, absolute: 2e-6 });
});

it('orthogonalRnn by hand: two reflections, in their order, and modReLU', async () => {
  const cell = orthogonalRnn({ inputSize: 1, hiddenSize: 2 });
  // (a, b) at (1, 1): (−b, −a), then at (3, 0): (b, −a). h = (2, 5): (5, −2), plus x·kernel = (−1, 1): (4, −1)
  const params = {
    kernel: row(-1, 1),
    reflections: tensor2d([
      [1, 1],
      [3, 0],
    ]),
    bias: tensor1d([-3, -3]),
  };
  const h = row(1, 0);
  const found = cell.step(params, { h: row(2, 5) }, row(1));
  await expectTreesClose(found as Tree, { output: h, state: { h } }, { relative: 1e-5, absolute: 1e-5 });
});

it('unitaryRnn by hand: one unit is turned by all diagonals and reflected twice', async () => {
  // i·1·(−1) = −i, twice reflected: (−1)·(−1). h = 3 + 4i: W·h = 4 − 3i; of modulus 5, with a bias of −4 divided by 5.
  const params = {
    kernel: row(0, 0),
    diagonals: { real: tensor2d([[0], [5], [-2]]), imaginary: tensor2d([[3], [0], [0]]) },
    reflections: { real: tensor2d([[1], [2]]), imaginary: tensor2d([[1], [0]]) },
    bias: tensor1d([-4]),
  };
  const found = unitaryRnn({ inputSize: 1, hiddenSize: 1 }).step(params, { real: row(3), imaginary: row(4) }, row(7));
  const state = { real: row(4 / 5), imaginary: row(-3 / 5) };
  const wanted = { output: row(4 / 5, -3 / 5), state };
  await expectTreesClose(found as Tree, wanted, { relative: 1e-5, absolute: 1e-5 });
});

it('antisymmetricRnn by hand', async () => {
  // h·(R − Rᵀ) = (2, 1)·[[0, 3], [−3, 0]] = (−3, 6); minus h/2: (−4, 5.5); with the bias (ln 2, ln 3).
  const sizes = { inputSize: 1, hiddenSize: 2, stepSize: 1 / 4, diffusion: 1 / 2 };
  const recurrentKernel = tensor2d([
    [8, 4],
    [1, 9],
  ]);
  const params = { kernel: row(0, 0), recurrentKernel, bias: tensor1d([4 + ln2, ln3 - 5.5]) };
  const h = row(2 + 3 / 20, 1 + 1 / 5);
  const found = antisymmetricRnn(sizes).step(params, { h: row(2, 1) }, row(1));
  await expectTreesClose(found as Tree, { output: h, state: { h } });
  // Gates σ(−4 + 4) = 1/2 and σ(5.5 − 5.5 + ln 3) = 3/4.
  const bias = tensor1d([4, ln3 - 5.5, 4 + ln2, ln3 - 5.5]);
  const gated = antisymmetricRnn({ ...sizes, gated: true }).step(
    { kernel: row(0, 0, 0, 0), recurrentKernel, bias },
    { h: row(2, 1) },
    row(1),
  );
  const next = row(2 + 3 / 40, 1 + 3 / 20);
  await expectTreesClose(gated as Tree, { output: next, state: { h: next } });
});

it('antisymmetricRnn: the real parts of the eigenvalues of its Jacobian at 0 are −γ', async () => {
  // Of a step from a small h, (h' − h)/(ε·|h|) is the Jacobian J of the equation: J + Jᵀ = −2γI, so that x*·J·x has the real part −γ.
  const [stepSize, diffusion, small] = [1, 0.25, 2 ** -12];
  const cell = antisymmetricRnn({ inputSize: 1, hiddenSize: 5, stepSize, diffusion });
  const h: Frame = mul(eye(5), small);
  const { output } = cell.step(cell.init(Rng.seeded(1)), { h }, zeros([5, 1]));
  const jacobian = mul(sub(output, h), 1 / small);
  const part = mul(add(jacobian, transpose(jacobian)), 0.5);
  await expectTreesClose(part, mul(eye(5), -diffusion), { relative: 0, absolute: 1e-5 });
});

it('refuses options that are out of range', () => {
  const sizes = { inputSize: 1, hiddenSize: 2 };
  expect(() => antisymmetricRnn({ ...sizes, stepSize: 0 })).toThrow(
    'antisymmetricRnn: stepSize: expected a positive number, got 0.',
  );
  expect(() => antisymmetricRnn({ ...sizes, diffusion: -1 })).toThrow(
    'antisymmetricRnn: diffusion: expected a number from 0, got -1.',
  );
  expect(() => orthogonalRnn({ ...sizes, reflections: 3 })).toThrow(
    'orthogonalRnn: reflections: expected at most hiddenSize=2, got 3.',
  );
  expect(() => unitaryRnn({ ...sizes, permutationSeed: 0.5 })).toThrow(
    'unitaryRnn: permutationSeed: expected a whole number, got 0.5.',
  );
});
