import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a program in a process of its own, with nothing of vitest around it. */
async function run(program: string, env: { [name: string]: string } = {}): Promise<{ stdout: string; stderr: string }> {
  const options = ['--no-warnings', '--conditions=source', '--input-type=module', '--eval', program];
  return promisify(execFile)(process.execPath, options, { cwd: root, env: { PATH: process.env.PATH, ...env } });
}

const compute = `
  import { selectBackend } from './src/index.ts';
  import { add, tensor1d } from '@tensorflow/tfjs-core';
  const { name, passedOver } = await selectBackend();
  const sum = await add(tensor1d([1, 2]), 1).array();
  process.stdout.write(JSON.stringify({ name, passedOver, sum }));
`;

/** Has \`import('@tensorflow/tfjs-node')\` find a module of this text. */
const installed = (text: string): string => `
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(name, context, next) {
      if (name !== '@tensorflow/tfjs-node') return next(name, context);
      return { url: 'data:text/javascript,' + encodeURIComponent(${JSON.stringify(text)}), shortCircuit: true };
    },
  });
`;

// Node runs our TypeScript as it is from 22.18 on.
describe.skipIf(!process.features.typescript)('a process', () => {
  it.each(['cpu', 'wasm'])('on %s prints nothing of its own: no banner', async (backend) => {
    const { stdout, stderr } = await run(compute, { ELMAN_BACKEND: backend });
    expect(JSON.parse(stdout)).toEqual({ name: backend, passedOver: [], sum: [2, 3] });
    expect(stderr).toBe('');
  });

  it('prints what is written to the console after', async () => {
    const { stderr } = await run(`${compute}; console.warn('mine');`, { ELMAN_BACKEND: 'cpu' });
    expect(stderr).toBe('mine\n');
  });

  it('goes on to wasm where tfjs-node is installed without its library', async () => {
    const text = 'throw new Error("The Node.js native addon module (tfjs_binding.node) can not be found at path: /x")';
    const { stdout, stderr } = await run(installed(text) + compute);
    const { name, passedOver } = JSON.parse(stdout) as { name: string; passedOver: { name: string; reason: string }[] };
    expect(name).toBe('wasm');
    expect(passedOver[1]).toMatchObject({ name: 'node', reason: expect.stringMatching(/native library is missing/) });
    expect(stderr).toBe('');
  });

  it('takes tfjs-node where it loads, giving it the function that Node 23 took away', async () => {
    const text = `
      import util from 'node:util';
      import { engine, findBackendFactory, registerBackend, registerKernel, getKernelsForBackend } from '@tensorflow/tfjs-core';
      if (util.isNullOrUndefined(null) !== true || process.env.TF_CPP_MIN_LOG_LEVEL !== '2') throw new Error('not prepared');
      const { MathBackendCPU } = await import('@tensorflow/tfjs-backend-cpu');
      registerBackend('tensorflow', () => new MathBackendCPU(), 3);
      for (const kernel of getKernelsForBackend('cpu')) registerKernel({ ...kernel, backendName: 'tensorflow' });
    `.replaceAll(/'(@tensorflow[^']*)'/g, (_, name: string) => JSON.stringify(import.meta.resolve(name)));
    const { stdout, stderr } = await run(installed(text) + compute);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'node', sum: [2, 3], passedOver: [{ name: 'node-gpu' }] });
    expect(stderr).toBe('');
  });
});
