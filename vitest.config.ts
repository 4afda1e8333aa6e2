import { playwright } from '@vitest/browser-playwright';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

/**
 * Each thing is tested where it can differ (docs/decisions/0026-tests-where-they-can-differ.md):
 *
 * - `*.node.test.ts` runs in Node on wasm. So does every `*.test.ts`.
 * - Packages that compute with tensors also run on cpu in Node.
 * - Packages whose code depends on the backend or the platform also run in pages, and `test/pages` runs everywhere.
 *
 * `ELMAN_TEST_BROWSER=0` leaves the pages out; `scripts/test.mjs` sets it where there is no Chromium.
 */
const all = ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts'];
const nodeOnly = ['packages/*/test/**/*.node.test.ts', 'examples/*/test/**/*.node.test.ts'];
const workspace = ['test/*.test.ts'];
const everywhere = ['test/pages/**/*.test.ts'];
const testsOf = (...packages: string[]): string[] => packages.map((name) => `packages/${name}/test/**/*.test.ts`);
const onCpu = testsOf(
  'attention',
  'backend',
  'cells',
  'convolution',
  'core',
  'ctc',
  'kernels',
  'memory',
  'nn',
  'optim',
  'rnn',
);
/** The tests of threads, which a page has if it is isolated. */
const threads = ['team', 'compiled-dense', 'mat-mul', 'softmax-cross-entropy'].map(
  (name) => `packages/kernels/test/${name}.test.ts`,
);
/** Which tests run in a page of each backend. */
const inPages: { readonly [backend: string]: readonly string[] } = {
  webgl: [
    ...testsOf('backend', 'core', 'kernels', 'nn', 'optim', 'rnn'),
    // Not those of families of cells: a step is compiled as any other.
    'packages/cells/test/*.test.ts',
    'packages/convolution/test/in-pages.test.ts',
    ...everywhere,
  ],
  webgpu: [
    ...testsOf('backend', 'kernels', 'nn', 'rnn'),
    'packages/cells/test/in-pages.test.ts',
    'packages/convolution/test/in-pages.test.ts',
    'packages/decoding/test/on-tensors.test.ts',
  ],
  wasm: [...testsOf('backend', 'charts', 'checkpoint', 'core', 'data', 'kernels', 'tokenizers'), ...everywhere],
  cpu: [...testsOf('backend'), ...threads, ...everywhere],
};

const node = (backend: string, include: string[], exclude: string[]) => ({
  ssr: { resolve: { conditions: ['source', ...defaultServerConditions] } },
  test: {
    name: `node-${backend}`,
    isolate: false,
    include,
    exclude,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    env: { ELMAN_BACKEND: backend },
    setupFiles: ['scripts/vitest/setup.ts'],
  },
});

const chromiumArguments = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** The page of the cpu backend is cross-origin isolated: there our kernels may have threads, as in Node. */
const isolation = (backend: string): Record<string, string> =>
  backend === 'cpu'
    ? { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
    : {};

/** What pages are told of the environment: how many random steps to run, and from which seed on. */
const fuzzing = Object.fromEntries(
  ['ELMAN_FUZZ', 'ELMAN_FUZZ_SEED'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
);

const page = (backend: string) => ({
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  define: { 'import.meta.env.ELMAN_BACKEND': JSON.stringify(backend) },
  optimizeDeps: {
    include: [
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-core/dist/register_all_gradients.js',
      '@elman/backend > @tensorflow/tfjs-backend-cpu',
      '@elman/backend > @tensorflow/tfjs-backend-webgl',
      '@elman/backend > @tensorflow/tfjs-backend-webgpu',
      '@tensorflow/tfjs-backend-wasm',
    ],
  },
  server: { headers: isolation(backend) },
  test: {
    name: `page-${backend}`,
    // One page for all files of a backend, so that its shaders are compiled once.
    isolate: false,
    include: [...(inPages[backend] ?? [])],
    exclude: nodeOnly,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    env: fuzzing,
    setupFiles: ['scripts/vitest/setup.ts'],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      instances: [{ browser: 'chromium' as const, name: `page-${backend}` }],
      provider: playwright({
        launchOptions: {
          executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
          args: chromiumArguments,
        },
      }),
    },
  },
});

const pages = process.env.ELMAN_TEST_BROWSER === '0' ? [] : Object.keys(inPages).map(page);

export default defineConfig({
  test: {
    projects: [
      node('cpu', [...onCpu, ...everywhere], nodeOnly),
      node('wasm', [...all, ...workspace, ...everywhere], []),
      ...pages,
    ],
  },
});
