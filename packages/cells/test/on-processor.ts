import { getBackend } from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';

/** On a software GPU an op takes milliseconds: there a few cells stand for all, whose steps are compiled in the same way. */
const onGraphicsDevice = ['webgl', 'webgpu'].includes(getBackend());
export const describeOnProcessor = describe.skipIf(onGraphicsDevice);
export const itOnProcessor = it.skipIf(onGraphicsDevice);
