import { env } from '@tensorflow/tfjs-core';

/**
 * Keeps webgl or webgpu from computing in JavaScript. tfjs does so if a tensor is small (128 numbers on webgl, 1,000 on
 * webgpu) and not uploaded yet, with other rounding than the device: results from weights just read from a file would
 * differ in their last bits.
 */
export function computeOnDevice(backendName: 'webgl' | 'webgpu'): void {
  env().set(`${backendName.toUpperCase()}_CPU_FORWARD`, false);
}
