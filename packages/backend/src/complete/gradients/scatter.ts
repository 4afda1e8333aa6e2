import {
  GatherNd,
  gatherND,
  ScatterNd,
  scatterND,
  type Tensor,
  TensorScatterUpdate,
  tensorScatterUpdate,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { provideGradient } from '../gradient.ts';

/** `GatherNd`, `ScatterNd` and `TensorScatterUpdate`: each is the other's gradient. Indices have no gradient. */
export function scatterGradients(): void {
  provideGradient(GatherNd, () => ({
    inputsToSave: ['params', 'indices'],
    gradFunc: (dy, saved) => {
      const [params, indices] = saved as [Tensor, Tensor];
      return { params: () => scatterND(indices, dy as Tensor, params.shape), indices: () => indices };
    },
  }));
  provideGradient(ScatterNd, () => ({
    inputsToSave: ['indices'],
    gradFunc: (dy, saved) => {
      const [indices] = saved as [Tensor];
      return { updates: () => gatherND(dy as Tensor, indices), indices: () => indices };
    },
  }));
  provideGradient(TensorScatterUpdate, () => ({
    inputsToSave: ['indices', 'updates'],
    gradFunc: (dy, saved) => {
      const [indices, updates] = saved as [Tensor, Tensor];
      const g = dy as Tensor;
      return {
        tensor: () => tensorScatterUpdate(g, indices, zerosLike(updates)),
        updates: () => gatherND(g, indices),
        indices: () => indices,
      };
    },
  }));
}
