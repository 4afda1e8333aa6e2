import { type DataType, Tensor } from '@tensorflow/tfjs-core';

/** In place of the id of data. (`instanceof` cannot tell classes of tensors apart.) */
class NoData {}

/** A tensor with a shape and a dtype and without values: it takes no memory, and no op can run on it. */
export function placeholder(shape: readonly number[], dtype: DataType): Tensor {
  return new Tensor([...shape] as never, dtype, new NoData(), -1);
}

/** Whether a tensor has no values. */
export const isPlaceholder = ({ dataId }: Tensor): boolean => dataId instanceof NoData;
