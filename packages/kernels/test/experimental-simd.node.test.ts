import { expect, it, vi } from 'vitest';
import { compiledBits } from './compiler/in-workspace.ts';

/** A newly loaded copy of the package. */
async function freshCopy() {
  vi.resetModules();
  const [{ useExperimentalSimd }, { sharedWorkspace }] = [
    await import('../src/simd/best-module.ts'),
    await import('../src/simd/workspace.ts'),
  ];
  return { useExperimentalSimd, workspace: () => sharedWorkspace() as NonNullable<ReturnType<typeof sharedWorkspace>> };
}

it('is bit-identical with and without, where the engine has fused multiply-add without flags', async () => {
  const plain = (await freshCopy()).workspace();
  const { useExperimentalSimd, workspace } = await freshCopy();
  const isBetter = useExperimentalSimd();
  expect(workspace().name).toBe(isBetter ? 'wide simd+fma' : plain.name);
  expect(compiledBits(workspace())).toEqual(compiledBits(plain));
});

it('has no effect after the first computation', async () => {
  const { useExperimentalSimd, workspace } = await freshCopy();
  const { name } = workspace();
  expect(useExperimentalSimd()).toBe(false);
  expect(workspace().name).toBe(name);
});
