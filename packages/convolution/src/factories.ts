import type { Factories } from '@elman/core';
import { causalConvolution } from './causal-convolution.ts';
import { tcn } from './tcn.ts';
import { temporalBlock } from './temporal-block.ts';
import { type WaveNetOptions, waveNet } from './wave-net.ts';

/** The cells of this package, by name: those that recipes may name and the command `elman` lists. */
export const factories: Factories = {
  causalConvolution: {
    makes: 'cell',
    make: causalConvolution,
    options: { kernelSize: 'number', dilation: 'number', weightNorm: 'boolean' },
    summary: 'dilated causal convolution over the last frames',
  },
  tcn: {
    makes: 'cell',
    make: tcn,
    options: { layers: 'number', kernelSize: 'number', dropout: 'number', weightNorm: 'boolean' },
    summary: 'temporal convolutional network: blocks whose dilation doubles',
  },
  temporalBlock: {
    makes: 'cell',
    make: temporalBlock,
    options: { kernelSize: 'number', dilation: 'number', dropout: 'number', weightNorm: 'boolean' },
    summary: 'residual block of two dilated causal convolutions',
  },
  waveNet: {
    makes: 'cell',
    make: waveNet as (options: WaveNetOptions) => unknown,
    options: { skipSize: 'number', dilations: 'numbers', kernelSize: 'number' },
    summary: 'gated dilated causal convolutions with residuals and skips',
  },
};
