import { OptionError } from '@elman/core';
import { type CellProof, cellProofs, describeCell } from '@elman/testkit';
import { describe, expect, it } from 'vitest';
import { linearUnits, thresholdUnits } from '../src/index.ts';

const importPackage = () => import('../src/index.ts');

describeCell('linearUnits', () => linearUnits({ inputSize: 3, hiddenSize: 4 }), { importPackage });

describe('thresholdUnits satisfies the contract of a cell', () => {
  const make = () => thresholdUnits({ inputSize: 3, hiddenSize: 4, outputSize: 2 });
  // The derivative of a threshold is 0 wherever it exists.
  const hasGradient = ({ title }: CellProof): boolean => title !== 'every parameter gets a gradient';
  for (const { title, prove } of cellProofs(make, { importPackage }).filter(hasGradient)) it(title, prove);
});

it('refuses invalid sizes', () => {
  expect(() => linearUnits({ inputSize: 0, hiddenSize: 1 })).toThrow(OptionError);
  expect(() => thresholdUnits({ inputSize: 1, hiddenSize: 1, outputSize: 0.5 })).toThrow(OptionError);
});
