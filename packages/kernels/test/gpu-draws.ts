/** A method to count, of a class that may exist. */
type Counted = readonly [className: string, method: string];

const DRAWS: readonly Counted[] = [
  ['WebGL2RenderingContext', 'drawElements'],
  ['WebGL2RenderingContext', 'drawArrays'],
  ['GPUComputePassEncoder', 'dispatchWorkgroups'],
];
const SHADERS: readonly Counted[] = [
  ['WebGL2RenderingContext', 'linkProgram'],
  ['GPUDevice', 'createComputePipeline'],
];
const READBACKS: readonly Counted[] = [
  ['WebGL2RenderingContext', 'readPixels'],
  ['WebGL2RenderingContext', 'getBufferSubData'],
  ['WebGL2RenderingContext', 'fenceSync'],
  ['GPUBuffer', 'mapAsync'],
];

type Methods = { [method: string]: (...inputs: unknown[]) => unknown };

/** Number of calls of any of these during `run`. */
function callsOf(counted: readonly Counted[], run: () => void): number {
  let calls = 0;
  const restore: (() => void)[] = [];
  for (const [className, method] of counted) {
    const { prototype } = (globalThis as unknown as { [name: string]: { prototype: Methods } })[className] ?? {};
    const original = prototype?.[method];
    if (prototype === undefined || original === undefined) continue;
    prototype[method] = function (this: unknown, ...inputs: unknown[]) {
      calls++;
      return original.apply(this, inputs);
    };
    restore.push(() => {
      prototype[method] = original;
    });
  }
  try {
    run();
  } finally {
    for (const undo of restore) undo();
  }
  return calls;
}

/** The GPU work of `run`: draws, or dispatches; compiled shaders; reads. */
export const drawsOf = (run: () => void): number => callsOf(DRAWS, run);
export const shadersOf = (run: () => void): number => callsOf(SHADERS, run);
export const readbacksOf = (run: () => void): number => callsOf(READBACKS, run);
