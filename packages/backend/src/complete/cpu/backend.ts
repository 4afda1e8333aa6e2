import type { DataId, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Values } from '../portable/transpose.ts';

/** The parts of tfjs's cpu backend that our kernels use. */
export interface CpuBackend {
  readonly data: { get(id: DataId): { readonly values: Values } };
  disposeData(id: DataId): boolean;
  makeTensorInfo(shape: readonly number[], dtype: DataType, values: Values): TensorInfo;
}

/** The data of a tensor, read-only. */
export const valuesOf = (backend: CpuBackend, { dataId }: TensorInfo): Values => backend.data.get(dataId).values;
