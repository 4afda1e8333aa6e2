import { describe } from 'vitest';
import fixture from '../../fixtures/multiplicative.json' with { type: 'json' };
import { itIsAsInPyTorch } from '../steps-of-pytorch.ts';

describe('multiplicative cells', () => itIsAsInPyTorch(fixture));
