import fixture from '../../fixtures/multiplicative.json' with { type: 'json' };
import { describeOnProcessor } from '../on-processor.ts';
import { itIsAsInPyTorch } from '../steps-of-pytorch.ts';

describeOnProcessor('multiplicative cells', () => itIsAsInPyTorch(fixture));
