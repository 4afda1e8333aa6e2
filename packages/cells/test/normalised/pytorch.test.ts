import fixture from '../../fixtures/normalised.json' with { type: 'json' };
import { describeOnProcessor } from '../on-processor.ts';
import { itIsAsInPyTorch } from '../steps-of-pytorch.ts';

describeOnProcessor('layer-normalised cells', () => itIsAsInPyTorch(fixture));
