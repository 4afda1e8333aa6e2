import { expect, it, vi } from 'vitest';
import { makeCase } from './lstm-case.ts';

/** A newly loaded copy of the package. */
async function freshCopy() {
  vi.resetModules();
  const [{ useExperimentalSimd }, { lstmEngine }] = [
    await import('../src/simd/best-module.ts'),
    await import('../src/choose-engine.ts'),
  ];
  return { useExperimentalSimd, lstmEngine };
}

const { sizes, input } = makeCase({ time: 4, batch: 7, hidden: 33 }, { seed: 1 });

it('is bit-identical with and without, where the engine has fused multiply-add without flags', async () => {
  const plain = (await freshCopy()).lstmEngine();
  const { useExperimentalSimd, lstmEngine } = await freshCopy();
  const isBetter = useExperimentalSimd();
  expect(lstmEngine().name).toBe(isBetter ? 'wide simd+fma' : plain.name);
  expect(lstmEngine().forward(sizes, input)).toEqual(plain.forward(sizes, input));
});

it('has no effect after the first computation', async () => {
  const { useExperimentalSimd, lstmEngine } = await freshCopy();
  const { name } = lstmEngine();
  expect(useExperimentalSimd()).toBe(false);
  expect(lstmEngine().name).toBe(name);
});
