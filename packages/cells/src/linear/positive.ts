import { add, neg, relu, sigmoid, type Tensor2D } from '@tensorflow/tfjs-core';

/** g(v) = v + 1/2 for v ≥ 0, σ(v) below: positive, increasing and continuous, as relu(v) + σ(−relu(−v)). */
export const positive = (v: Tensor2D): Tensor2D => add(relu(v), sigmoid(neg(relu(neg(v)))));
