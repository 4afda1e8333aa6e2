import fixture from '../../fixtures/xlstm.json' with { type: 'json' };
import { describeOracle } from '../oracle.ts';

describeOracle(fixture);
