import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

const evaluate = (program: string): string[] => [
  '--no-warnings',
  '--conditions=source',
  '--input-type=module',
  '--eval',
  program,
];

/** Runs a program in a process of its own, with nothing of vitest around it. */
async function run(program: string, env: { [name: string]: string } = {}): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, evaluate(program), {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
  });
}

/** The same for a program that fails. */
function fail(program: string): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, evaluate(program), {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
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

describe.skipIf(!process.features.typescript)('an error that nobody catches, on wasm', () => {
  const start = `import { selectBackend } from './src/index.ts'; await selectBackend('wasm');`;

  it.each([
    ['thrown in a callback', `setTimeout(() => { throw new Error('mine'); });`],
    ['a promise that is rejected', `Promise.reject(new Error('mine'));`],
  ])('is shown alone, with exit code 1: %s', (_, program) => {
    const { status, stderr } = fail(`${start}${program}`);
    expect(status).toBe(1);
    expect(stderr).toContain('Error: mine');
    expect(stderr.length).toBeLessThan(2000);
    expect(stderr).not.toContain('tfjs-backend-wasm');
  });

  const listen = (name: string): string => `
    const ${name} = function (reason) { throw reason; };
    for (const event of events) process.on(event, ${name});
  `;
  const ownListeners = `
    const names = new Map();
    const left = () => events.map((event) => process.listeners(event).map((listener) => names.get(listener) ?? 'another'));
  `;

  it('leaves the listeners of the program: those before, those added while it starts, those at the end of the backend', async () => {
    const { stdout } = await run(`
      import { engine } from '@tensorflow/tfjs-core';
      import { selectBackend } from './src/index.ts';
      const events = ['uncaughtException', 'unhandledRejection'];
      ${ownListeners}
      ${listen('before')} names.set(before, 'before');
      const meanwhile = (error) => { console.error(error); };
      names.set(meanwhile, 'meanwhile');
      const { compile, instantiate } = WebAssembly;
      WebAssembly.instantiate = (...values) => {
        if (!process.listeners(events[0]).includes(meanwhile)) for (const event of events) process.on(event, meanwhile);
        return instantiate(...values);
      };
      await selectBackend('wasm');
      const started = left();
      await selectBackend('cpu');
      engine().removeBackend('wasm');
      process.stdout.write(JSON.stringify([started, left()]));
    `);
    const own = ['before', 'meanwhile'];
    expect(JSON.parse(stdout)).toEqual([
      [own, own],
      [own, own],
    ]);
  });

  it('removes them also where somebody else has started the backend, and in a worker thread', async () => {
    const program = `(async () => {
      await import('@tensorflow/tfjs-backend-wasm');
      const { setBackend } = await import('@tensorflow/tfjs-core');
      const { selectBackend } = await import('./src/index.ts');
      const events = ['uncaughtException', 'unhandledRejection'];
      ${ownListeners}
      const mine = (error) => { throw error; };
      names.set(mine, 'mine');
      for (const event of events) process.on(event, mine);
      await setBackend('wasm');
      await selectBackend('wasm');
      await selectBackend('wasm');
      process.stdout.write(JSON.stringify(left()) + '\\n');
    })()`;
    const { stdout } = await run(`
      import { Worker } from 'node:worker_threads';
      await ${program};
      new Worker(${JSON.stringify(program)}, { eval: true });
    `);
    expect(stdout.trim().split('\n')).toEqual(Array(2).fill('[["mine"],["mine"]]'));
  });
});
