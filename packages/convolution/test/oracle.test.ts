import blocks from '../fixtures/blocks.json' with { type: 'json' };
import { describeOracle } from './oracle.ts';

describeOracle(blocks);
