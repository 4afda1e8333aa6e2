export { type CtcLossOptions, type CtcReduction, ctcLoss } from './ctc-loss.ts';
export { type CtcSpan, collapsePath, extendLabels, framesNeeded } from './labels.ts';
export type { CtcOptions, CtcTargetOptions, CtcTargets } from './options.ts';
