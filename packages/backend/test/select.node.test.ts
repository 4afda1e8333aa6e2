import { getBackend, memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BackendName, backendNames, probeBackends, selectBackend } from '../src/index.ts';
import { whyNotLoaded } from '../src/start/native.ts';

const own = getBackend() as BackendName;
beforeEach(() => {
  vi.stubEnv('ELMAN_BACKEND', undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await selectBackend(own);
});

describe('in Node', () => {
  it('wasm is taken where no native backend is installed, with a reason for each', async () => {
    const { name, device, passedOver } = await selectBackend();
    expect({ name, device }).toEqual({ name: 'wasm', device: 'WebAssembly, SIMD' });
    expect(passedOver).toEqual([
      { name: 'node-gpu', reason: 'not installed; to have it: npm install @tensorflow/tfjs-node-gpu' },
      { name: 'node', reason: 'not installed; to have it: npm install @tensorflow/tfjs-node' },
    ]);
  });

  it('an order of its own is kept to', async () => {
    const { name, passedOver } = await selectBackend(undefined, { order: ['webgl', 'cpu', 'wasm'] });
    expect([name, passedOver.map((one) => one.name)]).toEqual(['cpu', ['webgl']]);
  });

  it('an order in which none starts throws with every reason', async () => {
    await expect(selectBackend(undefined, { order: ['webgl', 'node'] })).rejects.toThrow(
      /none could be started \(webgl: .*WebGL 2.*; node: not installed/,
    );
    await expect(selectBackend(undefined, { order: [] })).rejects.toThrow(/the order is empty/);
    expect(getBackend()).toBe(own);
  });

  it('ELMAN_BACKEND chooses, unless a preference is given', async () => {
    vi.stubEnv('ELMAN_BACKEND', 'cpu');
    expect((await selectBackend()).name).toBe('cpu');
    expect((await selectBackend('wasm')).name).toBe('wasm');
    vi.stubEnv('ELMAN_BACKEND', '');
    expect((await selectBackend()).name).toBe('wasm');
  });

  it('ELMAN_BACKEND that is no name, or cannot be had, throws', async () => {
    vi.stubEnv('ELMAN_BACKEND', 'cuda');
    await expect(selectBackend()).rejects.toThrow(`backend: ELMAN_BACKEND: expected one of ${backendNames.join(', ')}`);
    vi.stubEnv('ELMAN_BACKEND', 'node');
    await expect(selectBackend()).rejects.toThrow('backend: node cannot be had: not installed');
  });
});

describe('probeBackends', () => {
  it('reports every backend, measures those that are ready, and leaves all as it was', async () => {
    const before = memory().numTensors;
    const reports = await probeBackends();
    expect(reports.map(({ name }) => name)).toEqual(backendNames);
    for (const report of reports) {
      const ready = report.name === 'wasm' || report.name === 'cpu';
      expect(report.state).toBe(ready ? 'ready' : 'unavailable');
      if (report.state === 'ready') expect(report.gigaflops).toBeGreaterThan(0.01);
      else expect(report.reason).toMatch(/not installed|WebGL|WebGPU/);
    }
    expect(getBackend()).toBe(own);
    expect(memory().numTensors).toBe(before);
  });
});

describe('why a native package does not load', () => {
  const name = '@tensorflow/tfjs-node';
  const error = (message: string, code?: string): Error => Object.assign(new Error(message), { code });
  it.each([
    [`Cannot find package '${name}' imported from /x.js`, 'ERR_MODULE_NOT_FOUND', /^not installed; .*npm install/],
    [
      "Cannot find package 'long' imported from /node_modules/@tensorflow/tfjs-node/dist/index.js",
      'ERR_MODULE_NOT_FOUND',
      /is installed, but fails to load/,
    ],
    [
      'The Node.js native addon module (tfjs_binding.node) can not be found at path: /x',
      undefined,
      /native library is missing/,
    ],
    [
      '/x/tfjs_binding.node: libtensorflow.so.2: cannot open shared object file',
      'ERR_DLOPEN_FAILED',
      /does not load.*rebuild/,
    ],
    ['(0 , util_1.isNullOrUndefined) is not a function', undefined, /try Node 20 or 22/],
  ])('%s', (message, code, reason) => {
    expect(whyNotLoaded(name, error(message, code))).toMatch(reason);
    expect(whyNotLoaded(name, error(message, code))).not.toMatch(/\n/);
  });
});
