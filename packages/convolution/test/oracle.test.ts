import blocks from '../fixtures/blocks.json' with { type: 'json' };
import waveNets from '../fixtures/wave-net.json' with { type: 'json' };
import { describeOracle } from './oracle.ts';

describeOracle(blocks);
describeOracle(waveNets);
