import { playwright } from '@vitest/browser-playwright';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

/**
 * `*.test.ts` runs on backends in Node and in pages, `*.node.test.ts` in Node alone, on wasm. Every test runs on wasm, in both. The others have
 * those of the packages for which it matters: what computes with tensors on cpu and webgl, what knows a backend by name on the rest.
 * `ELMAN_TEST_BROWSER=0` leaves the pages out; `scripts/test.mjs` sets it where there is no Chromium.
 */
const everywhere = ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts'];
const nodeOnly = ['packages/*/test/**/*.node.test.ts', 'examples/*/test/**/*.node.test.ts', 'test/**/*.test.ts'];
const testsOf = (...packages: string[]): string[] => packages.map((name) => `packages/${name}/test/**/*.test.ts`);
/** Texts, plain numbers and rows: of no backend. */
const plain = testsOf('charts', 'checkpoint', 'data', 'metrics', 'tasks', 'tokenizers');
/** Which tests run in a page of each backend. */
const inPages: { readonly [backend: string]: { readonly include: string[]; readonly exclude?: string[] } } = {
  webgl: { include: everywhere, exclude: [...plain, ...testsOf('theory', 'train')] },
  webgpu: { include: testsOf('backend', 'cells', 'core', 'decoding', 'kernels', 'nn', 'optim', 'rnn') },
  wasm: { include: everywhere },
  cpu: { include: testsOf('backend', 'core', 'kernels') },
};

const node = (backend: string, include: string[], exclude: string[]) => ({
  ssr: { resolve: { conditions: ['source', ...defaultServerConditions] } },
  test: {
    name: `node-${backend}`,
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
    include: inPages[backend]?.include ?? [],
    exclude: [...nodeOnly, ...(inPages[backend]?.exclude ?? [])],
    testTimeout: 120_000,
    hookTimeout: 120_000,
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
      node('cpu', everywhere, [...nodeOnly, ...plain]),
      node('wasm', [...everywhere, ...nodeOnly], []),
      ...pages,
    ],
  },
});
