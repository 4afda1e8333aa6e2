/** Steps worked out by hand: σ(0) = 1/2, σ(ln 3) = 3/4, tanh(ln 2) = 3/5, tanh(ln 3) = 4/5. */
import { Rng, type Sequence, type Tree, tree, valueAndGrad } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { type Scalar, sum, type Tensor2D, tensor1d, tensor2d, tensor3d, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { lru, minGru, minLstm, qrnn, rgLru, sru } from '../../src/index.ts';

const ln2 = Math.LN2;
const ln3 = Math.log(3);
const row = (...values: number[]) => tensor2d([values]);
const one = { inputSize: 1, hiddenSize: 1 };

it('minGru: the gate is the fraction that is new', async () => {
  // z = σ(ln 3) = 3/4, n = −2: h' = 1/4·4 + 3/4·n; g(−ln 3) = 1/4, g(2) = 5/2
  const params = { kernel: row(ln3, -2), bias: tensor1d([0, 0]) };
  const h = row(1 - 3 / 2);
  await expectTreesClose(minGru(one).step(params, { h: row(4) }, row(1)) as Tree, { output: h, state: { h } });
  const two = { inputSize: 1, hiddenSize: 2 };
  const signs = { kernel: row(ln3, ln3, -ln3, 2), bias: tensor1d([0, 0, 0, 0]) };
  const found = minGru({ ...two, positive: true }).step(signs, { h: row(4, 4) }, row(1));
  const both = row(1 + 3 / 16, 1 + 15 / 8);
  await expectTreesClose(found as Tree, { output: both, state: { h: both } });
});

it('minLstm: the gates are normalised, also where both are closed', async () => {
  // i = 1/4, f = 3/4: keep 3/4; then both are σ(−200), which is 0 in float32: keep 1/2
  const params = { kernel: row(0, 0, 2), bias: tensor1d([-ln3, ln3, 0]) };
  const h = row((3 / 4) * 4 + (1 / 4) * 2);
  await expectTreesClose(minLstm(one).step(params, { h: row(4) }, row(1)) as Tree, { output: h, state: { h } });
  const closed = { ...params, bias: tensor1d([-200, -200, 0]) };
  await expectTreesClose(minLstm(one).step(closed, { h: row(4) }, row(1)) as Tree, {
    output: row(3),
    state: { h: row(3) },
  });
});

it('sru: the gates see the memory before the step, and the output mixes in the input', async () => {
  // f = σ(ln 3·1) = 3/4, n = 5: c' = 3/4·1 + 1/4·5 = 2; r = σ(ln 3·1) = 3/4: h = 3/4·2 + 1/4·√3·1
  const params = {
    kernel: row(0, 0, 5),
    bias: tensor1d([0, 0]),
    peepholes: { f: tensor1d([ln3]), r: tensor1d([ln3]) },
  };
  const found = sru(one).step(params, { c: row(1) }, row(1));
  await expectTreesClose(found as Tree, { output: row(3 / 2 + Math.sqrt(3) / 4), state: { c: row(2) } });
  // With another width the connection has weights: 4 and 8.
  const wide = { kernel: row(0, 0, 0, 0, 5, 5, 4, 8), bias: tensor1d([ln3, ln3, ln3, ln3]) };
  const cell = sru({ inputSize: 1, hiddenSize: 2, peepholes: false });
  const both = { output: row(3 / 2 + 1, 3 / 2 + 2), state: { c: row(2, 2) } };
  await expectTreesClose(cell.step(wide, { c: row(1, 1) }, row(1)) as Tree, both);
});

it('qrnn: gates see the frames of the window, zeros before the first', async () => {
  // Frames ln 2 and ln 3 in a window of two: z = x₋₁ + x·0; f = 1/2; o = σ(x). c: 0, tanh(ln 2)/2 = 3/10; o = 3/4 at x = ln 3
  const params = {
    kernel: tensor2d([
      [1, 0, 0],
      [0, 0, 1],
    ]),
    bias: tensor1d([0, 0, 0]),
  };
  const inputs = tensor3d([[[ln2], [ln3]]]);
  const { outputs, state } = unroll(qrnn(one), params, inputs);
  await expectTreesClose(
    { outputs, state },
    { outputs: tensor3d([[[0], [(3 / 4) * (3 / 10)]]]), state: { c: row(3 / 10), earlier: [row(ln3)] } },
  );
});

it('qrnn: a frame that is masked is not part of a window', async () => {
  const params = {
    kernel: tensor2d([
      [1, 0, 0],
      [2, 0, 0],
      [4, 0, 0],
    ]),
    bias: zeros([3]) as ReturnType<typeof tensor1d>,
  };
  const cell = qrnn({ ...one, window: 3 });
  const start = cell.initialState(1);
  const options = { context: undefined };
  const gaps = cell.scan?.(params, start, tensor3d([[[1], [9], [2], [9], [9], [3]]]), {
    ...options,
    mask: tensor2d([[1, 0, 1, 0, 0, 1]]),
  });
  const dense = cell.scan?.(params, start, tensor3d([[[1], [2], [3]]]), options);
  await expectTreesClose(gaps?.state as Tree, dense?.state as Tree);
});

it('lru: λ is a decay and a rotation', async () => {
  // |λ| = e^(−ln 2) = 1/2, phase π/2: λ = i/2. h = 2 + 4i: λh = −2 + i; plus 3·(1 + 2i)·2 = 6 + 12i. y = 4 + 13·10 + 2·100
  const params = {
    nu: tensor1d([Math.log(ln2)]),
    theta: tensor1d([Math.log(Math.PI / 2)]),
    gamma: tensor1d([ln3]),
    kernel: row(1, 2),
    outputKernel: tensor2d([[1], [10]]),
    skipKernel: row(100),
  };
  const found = lru(one).step(params, { real: row(2), imag: row(4) }, row(2));
  await expectTreesClose(found as Tree, { output: row(4 + 130 + 200), state: { real: row(4), imag: row(13) } });
});

it('lru: eigenvalues start on the ring, and gamma is √(1 − |λ|²)', async () => {
  for (const ring of [{}, { rMin: 0.4, rMax: 0.8, maxPhase: 0.5 }, { rMin: 0.9, rMax: 0.9 }]) {
    const { rMin = 0, rMax = 1, maxPhase = 2 * Math.PI } = ring as { rMin?: number; rMax?: number; maxPhase?: number };
    const cell = lru({ inputSize: 1, hiddenSize: 400, ...ring });
    const { nu, theta, gamma } = cell.init(Rng.seeded(1));
    const moduli = [...(await nu.data())].map((x) => Math.exp(-Math.exp(x)));
    expect(Math.min(...moduli)).toBeGreaterThan(rMin - 1e-6);
    expect(Math.max(...moduli)).toBeLessThan(rMax === 1 ? 1 : rMax + 1e-6);
    // Uniform by area: the mean of the squares is that of the squares of the radii.
    const mean = moduli.reduce((sum, r) => sum + r ** 2, 0) / 400;
    expect(Math.abs(mean - (rMin ** 2 + rMax ** 2) / 2)).toBeLessThan(0.05);
    const phases = [...(await theta.data())].map(Math.exp);
    expect(Math.min(...phases)).toBeGreaterThan(0);
    expect(Math.max(...phases)).toBeLessThan(maxPhase);
    const scales = [...(await gamma.data())].map(Math.exp);
    for (const [i, r] of moduli.entries()) expect(scales[i]).toBeCloseTo(Math.sqrt(1 - r ** 2), 4);
  }
  expect(() => lru({ ...one, rMin: 1 })).toThrow('lru: rMin: expected from 0 to below 1, got 1.');
  expect(() => lru({ ...one, rMin: 0.5, rMax: 0.2 })).toThrow(
    'lru: rMax: expected above 0, from rMin=0.5 to 1, got 0.2.',
  );
  expect(() => lru({ ...one, maxPhase: 0 })).toThrow('lru: maxPhase: expected a number above 0, got 0.');
});

it('lru: the response to an impulse is λᵗ', async () => {
  const cell = lru({ ...one, outputSize: 2 });
  const [modulus, phase, time] = [0.97, 0.3, 100];
  const params = {
    nu: tensor1d([Math.log(-Math.log(modulus))]),
    theta: tensor1d([Math.log(phase)]),
    gamma: tensor1d([0]),
    kernel: row(1, 0),
    outputKernel: tensor2d([
      [1, 0],
      [0, 1],
    ]),
    skipKernel: row(0, 0),
  };
  const impulse = tensor3d([Array.from({ length: time }, (_, t) => [t === 0 ? 1 : 0])]);
  const expected = Array.from({ length: time }, (_, t) => [
    modulus ** t * Math.cos(phase * t),
    modulus ** t * Math.sin(phase * t),
  ]);
  const { outputs } = unroll(cell, params, impulse);
  await expectTreesClose({ outputs }, { outputs: tensor3d([expected]) });
});

it('rgLru: the decay is raised to eight times the gate, and the input is scaled so that the variance stays', async () => {
  // σ(lambda) = (1/2)^(1/8); u = 2·3 − 2 = 4; r = i = σ(0) = 1/2: a² = (1/2)^(8/8) = 1/2; h' = (1/√2)·√2 + √(1/2)·(1/2)·4
  const a = 0.5 ** (1 / 8);
  const params = {
    kernel: row(3),
    bias: tensor1d([-2]),
    gateKernel: row(0, 0),
    gateBias: tensor1d([0, 0]),
    lambda: tensor1d([Math.log(a / (1 - a))]),
  };
  const h = row(0.5 ** 0.5 * Math.SQRT2 + Math.SQRT2);
  await expectTreesClose(rgLru(one).step(params, { h: row(Math.SQRT2) }, row(2)) as Tree, { output: h, state: { h } });
});

it('rgLru: holds its state where a is 1, by lambda or by its gate, and has gradients there', async () => {
  const cell = rgLru({ inputSize: 1, hiddenSize: 2 });
  const start = { h: row(0.5, -2) };
  const inputs = Rng.seeded(1).tensor([1, 300, 1], (r) => r.normal()) as Sequence;
  const free = cell.init(Rng.seeded(2));
  const closed = tensor1d([-200, -200, 0, 0]);
  for (const params of [
    { ...free, lambda: tensor1d([200, 200]) },
    { ...free, gateKernel: zeros([2, 4]) as Tensor2D, gateBias: closed },
  ]) {
    const { state } = unroll(cell, params, inputs, { state: start });
    await expectTreesClose(state, start, { absolute: 1e-4 });
    const { grads } = valueAndGrad((p: typeof params) => {
      const { outputs } = unroll(cell, p, inputs, { state: start });
      return { loss: sum(outputs) as Scalar, aux: {} };
    }, params);
    for (const leaf of tree.leaves(grads)) expect([...(await leaf.data())].every(Number.isFinite)).toBe(true);
  }
});

it('rgLru: decays start between 0.9 and 0.999', async () => {
  const { lambda } = rgLru({ inputSize: 1, hiddenSize: 400 }).init(Rng.seeded(1));
  const decays = [...(await lambda.data())].map((x) => (1 / (1 + Math.exp(-x))) ** 8);
  expect(Math.min(...decays)).toBeGreaterThan(0.9 - 1e-5);
  expect(Math.max(...decays)).toBeLessThan(0.999 + 1e-5);
  expect(decays.reduce((total, a) => total + a, 0) / 400).toBeCloseTo(0.9495, 2);
});
