import { describe } from 'vitest';
import fixture from '../../fixtures/normalised.json' with { type: 'json' };
import { itIsAsInPyTorch } from '../steps-of-pytorch.ts';

describe('layer-normalised cells', () => itIsAsInPyTorch(fixture));
