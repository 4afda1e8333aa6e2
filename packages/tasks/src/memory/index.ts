export { type AssociativeRecallOptions, associativeRecall } from './associative-recall.ts';
export { type NgramPredictionOptions, ngramEstimate, ngramPrediction } from './ngram-prediction.ts';
export { type NtmCopyOptions, ntmCopy } from './ntm-copy.ts';
export { type PrioritySortOptions, prioritySort } from './priority-sort.ts';
export { type RepeatCopyOptions, repeatCopy } from './repeat-copy.ts';
export { type SelectiveCopyOptions, selectiveCopy } from './selective-copy.ts';
