import { describeAttention } from '@elman/testkit';
import {
  additiveAttention,
  localAttention,
  locationAwareAttention,
  monotonicAttention,
  multiHeadAttention,
  multiplicativeAttention,
} from '../src/index.ts';

const sizes = { querySize: 3, memorySize: 4 };

describeAttention('additiveAttention', () => additiveAttention({ ...sizes, size: 5 }));
describeAttention('multiplicativeAttention', () => multiplicativeAttention(sizes));
describeAttention('multiplicativeAttention, dot', () =>
  multiplicativeAttention({ querySize: 4, memorySize: 4, score: 'dot', scaled: true }),
);
describeAttention('multiHeadAttention', () => multiHeadAttention({ ...sizes, size: 6, heads: 2 }));
describeAttention('locationAwareAttention', () => locationAwareAttention({ ...sizes, size: 5, width: 3, filters: 2 }));
describeAttention('monotonicAttention', () => monotonicAttention({ ...sizes, size: 5 }), { weightsSumToOne: false });
describeAttention('localAttention', () => localAttention(additiveAttention({ ...sizes, size: 5 }), { radius: 2 }), {
  weightsSumToOne: false,
});
