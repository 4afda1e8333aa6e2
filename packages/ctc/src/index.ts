export { ctcAlign } from './align.ts';
export { type CtcLossOptions, type CtcReduction, ctcLoss } from './ctc-loss.ts';
export { type CtcPath, ctcGreedy } from './greedy.ts';
export { type CtcSpan, collapsePath, extendLabels, framesNeeded } from './labels.ts';
export type { LabelModel, TokenLabelModel } from './language.ts';
export type { CtcOptions, CtcTargetOptions, CtcTargets } from './options.ts';
export { type CtcHypothesis, type CtcPrefixBeamOptions, ctcPrefixBeam } from './prefix-beam.ts';
