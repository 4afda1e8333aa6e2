import { BackendError } from '@elman/core';
import {
  env,
  getBackend,
  log,
  matMul,
  sigmoid,
  sum,
  type Tensor,
  tanh,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type BackendName, backendNames, defaultOrder, selectBackend } from '../src/index.ts';

const isPage = typeof document !== 'undefined';
const own = getBackend() as BackendName;

async function multiplies(): Promise<void> {
  expect(Array.from(await matMul(tensor2d([[1, 2]]), tensor2d([[3], [4]])).data())).toEqual([11]);
}

describe('an explicit preference', () => {
  it('is taken, and can be changed back and forth', async () => {
    for (const name of ['cpu', own, 'cpu', own] as const) {
      const selection = await selectBackend(name);
      expect(selection).toMatchObject({ name, passedOver: [] });
      expect(selection.device.length).toBeGreaterThan(3);
      expect(getBackend()).toBe(name);
      await multiplies();
    }
  });

  it('that cannot be had throws with the reason, and leaves the active backend as it was', async () => {
    const attempt = selectBackend(isPage ? 'node' : 'webgl');
    await expect(attempt).rejects.toThrow(BackendError);
    await expect(attempt).rejects.toThrow(
      isPage ? /node cannot be had: .*needs Node/ : /webgl cannot be had: .*WebGL 2/,
    );
    expect(getBackend()).toBe(own);
    await multiplies();
  });

  it('that is no name throws with the names', async () => {
    const message = `backend: preference: expected one of ${backendNames.join(', ')}, got "gpu".`;
    await expect(selectBackend('gpu' as BackendName)).rejects.toThrow(message);
    await expect(selectBackend({ wasmPaths: '/' } as never)).rejects.toThrow(
      `backend: preference: expected one of ${backendNames.join(', ')}, got no name; options come second: selectBackend(undefined, { … }).`,
    );
  });

  it('of several at once, each gets its turn', async () => {
    const selections = await Promise.all([
      selectBackend('cpu'),
      selectBackend(own),
      selectBackend('cpu'),
      selectBackend(own),
    ]);
    expect(selections.map(({ name }) => name)).toEqual(['cpu', own, 'cpu', own]);
    expect(getBackend()).toBe(own);
  });
});

describe('wasm without its binaries', () => {
  it.runIf(own !== 'wasm')(
    'cannot be had, and says where they were looked for and how to say where they are',
    async () => {
      const attempt = selectBackend('wasm', { wasmPaths: '/nowhere/' });
      await expect(attempt).rejects.toThrow(
        isPage
          ? /\/nowhere\/tfjs-backend-wasm\S*\.wasm is not served .*; serve the files .*wasmPaths: '\/folder\/'/
          : /there is no file \/nowhere\/tfjs-backend-wasm\S*\.wasm; leave wasmPaths out/,
      );
      await expect(attempt).rejects.not.toThrow(/\n/);
      expect(getBackend()).toBe(own);
    },
  );
});

describe('the label of cpu', () => {
  it('says what computes there', async () => {
    const { device } = await selectBackend('cpu');
    expect(device).toMatch(/^JavaScript, with products and sequences in WebAssembly \((wide )?simd(\+fma)?\)$/);
    await selectBackend(own);
  });
});

describe('the order', () => {
  it('suits the platform and names each at most once', () => {
    expect(defaultOrder()).toEqual(isPage ? ['wasm', 'webgpu', 'webgl', 'cpu'] : ['node-gpu', 'node', 'wasm', 'cpu']);
  });

  it.runIf(isPage)(
    'passes over what is rendered in software and what needs Node, and says so (in a page only)',
    async () => {
      const { name, passedOver } = await selectBackend(undefined, { order: ['node-gpu', 'webgl', 'webgpu', 'cpu'] });
      expect(name).toBe('cpu');
      expect(passedOver.map((one) => one.name)).toEqual(['node-gpu', 'webgl', 'webgpu']);
      expect(passedOver[0]?.reason).toMatch(/needs Node/);
      expect(passedOver[1]?.reason).toMatch(/software.*SwiftShader/);
      expect(passedOver[2]?.reason).toMatch(/software|no adapter/);
      await selectBackend(own);
    },
  );
});

describe('the same numbers give the same bits', () => {
  it.runIf(own === 'webgl' || own === 'webgpu')(
    'since nothing is computed in JavaScript (webgl and webgpu only)',
    async () => {
      const flag = `${own.toUpperCase()}_CPU_FORWARD`;
      env().set(flag, true);
      await selectBackend('cpu');
      await selectBackend(own);
      expect(env().getBool(flag)).toBe(false);
    },
  );

  it('whether or not they have been on the device', async () => {
    const fresh = (): Tensor => tensor1d([0, 1e-3, 0.1234567, 0.7, 1.3, 9.87]);
    const used = fresh();
    await sum(used).data();
    for (const operation of [log, tanh, sigmoid]) {
      const bits = async (x: Tensor): Promise<number[]> => Array.from(await operation(x).data());
      expect(await bits(fresh()), operation.name).toEqual(await bits(used));
    }
  });
});
