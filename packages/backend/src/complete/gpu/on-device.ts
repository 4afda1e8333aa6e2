import { env } from '@tensorflow/tfjs-core';

/**
 * Keeps webgl or webgpu from computing in JavaScript. tfjs does so where a tensor is small (128 numbers on webgl, 1,000 on
 * webgpu) and has not been on the device yet, and rounds there otherwise than the device: the same weights would give other
 * bits when they have just been read from a file.
 */
export function computeOnDevice(backendName: 'webgl' | 'webgpu'): void {
  env().set(`${backendName.toUpperCase()}_CPU_FORWARD`, false);
}
