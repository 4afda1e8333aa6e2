import { type DataId, getKernel, type TensorInfo, Transpose, util } from '@tensorflow/tfjs-core';
import type { WasmBackend } from './heap.ts';

/**
 * Transposes matrices, and caches transposes: the weights of a recurrent layer are
 * transposed in the gradient of every time step, but need it once. A cached transpose is disposed of with its tensor.
 */
export class Transposer {
  readonly #seen = new WeakSet<DataId>();
  readonly #remembered = new WeakMap<DataId, TensorInfo>();
  readonly #followed = new WeakSet<WasmBackend>();

  /** The transpose of the last two axes. The caller releases it by `disposeData`. */
  transpose(backend: WasmBackend, x: TensorInfo): TensorInfo {
    const remembered = this.#remembered.get(x.dataId);
    const shape = [...x.shape.slice(0, -2), x.shape.at(-1) as number, x.shape.at(-2) as number];
    if (remembered !== undefined && util.arraysEqual(remembered.shape, shape)) {
      backend.incRef(remembered.dataId);
      return remembered;
    }
    const fresh = transposed(backend, x);
    if (!this.#seen.has(x.dataId)) this.#seen.add(x.dataId);
    else if (remembered === undefined) {
      this.#followDisposal(backend);
      backend.incRef(fresh.dataId);
      this.#remembered.set(x.dataId, fresh);
    }
    return fresh;
  }

  #followDisposal(backend: WasmBackend): void {
    if (this.#followed.has(backend)) return;
    this.#followed.add(backend);
    const dispose = backend.disposeData.bind(backend);
    backend.disposeData = (id, force) => {
      const gone = dispose(id, force);
      const remembered = gone ? this.#remembered.get(id) : undefined;
      if (remembered !== undefined) {
        this.#remembered.delete(id);
        dispose(remembered.dataId);
      }
      return gone;
    };
  }
}

function transposed(backend: WasmBackend, x: TensorInfo): TensorInfo {
  const rank = x.shape.length;
  const perm = [...x.shape.keys()].with(rank - 2, rank - 1).with(rank - 1, rank - 2);
  const kernel = getKernel(Transpose, 'wasm').kernelFunc;
  return kernel({ inputs: { x }, attrs: { perm }, backend }) as TensorInfo;
}
