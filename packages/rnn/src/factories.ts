import type { Factories } from '@elman/core';
import { attentionCell } from './attention-cell.ts';
import { bidirectional } from './bidirectional.ts';
import { conditioned } from './conditioned.ts';
import { connectedStack } from './connected-stack.ts';
import { deep } from './deep.ts';
import { dropout } from './dropout.ts';
import { layer } from './layer.ts';
import { learnedInitialState } from './learned-initial-state.ts';
import { memoryCell } from './memory-cell.ts';
import { residual } from './residual.ts';
import { skipStack } from './skip-stack.ts';
import { stack } from './stack.ts';

/** What recipes may name in this package. */
export const factories: Factories = {
  attentionCell: { makes: 'cell', make: attentionCell, parts: ['cell', 'attention'] },
  bidirectional: { makes: 'layer', make: bidirectional, parts: ['cell', 'cell'] },
  conditioned: { makes: 'cell', make: conditioned, parts: ['cell'] },
  connectedStack: {
    makes: 'cell',
    make: connectedStack,
    parts: [['cell']],
    partInputSize: ({ inputSize, outputSize, part, parts, options }) => {
      const neighbours = [
        options.architecture === 'bottomUp' && part > 0,
        options.architecture === 'topDown' && part < parts - 1,
        Number(options.skip ?? 1) > 1,
      ];
      return (part === 0 ? inputSize : outputSize) + neighbours.filter(Boolean).length * outputSize;
    },
    options: { architecture: ['stacked', 'bottomUp', 'topDown'], skip: 'number' },
    summary: 'stacked cells that read others of earlier frames',
  },
  deep: { makes: 'layer', make: deep, parts: [['layer']] },
  dropout: {
    makes: 'cell',
    make: dropout,
    parts: ['cell'],
    options: { input: 'number', output: 'number', recurrent: 'number', variational: 'boolean' },
    defaults: { output: 0.1 },
    summary: 'a cell with dropout in training',
  },
  layer: { makes: 'layer', make: layer, parts: ['cell'] },
  learnedInitialState: {
    makes: 'cell',
    make: learnedInitialState,
    parts: ['cell'],
    summary: 'a cell whose first state is a parameter',
  },
  memoryCell: { makes: 'cell', make: memoryCell, parts: ['cell', 'memory'] },
  residual: {
    makes: 'cell',
    make: residual,
    parts: ['cell'],
    summary: 'a cell whose input is added to its output, of one size',
  },
  skipStack: {
    makes: 'cell',
    make: skipStack,
    parts: [['cell']],
    partInputSize: ({ inputSize, outputSize, part }) => inputSize + (part === 0 ? 0 : outputSize),
    summary: 'stacked cells, each connected to input and output',
  },
  stack: {
    makes: 'cell',
    make: stack,
    parts: [['cell']],
    partInputSize: ({ inputSize, outputSize, part }) => (part === 0 ? inputSize : outputSize),
    summary: 'cells on one another',
  },
};
