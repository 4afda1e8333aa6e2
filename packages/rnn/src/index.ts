export { type CompiledForm, type ExplainOptions, type Explanation, explain } from '@elman/kernels';
export {
  type AttentionCellOptions,
  type AttentionCellParams,
  type AttentionCellState,
  attentionCell,
  sourceOf,
} from './attention-cell.ts';
export { type BidirectionalOptions, type Both, bidirectional } from './bidirectional.ts';
export {
  type ConditionedOptions,
  type ConditionedParams,
  type ConditionedState,
  conditioned,
} from './conditioned.ts';
export { type ConnectedStackOptions, type ConnectedStackState, connectedStack } from './connected-stack.ts';
export { deep } from './deep.ts';
export { type DropoutOptions, dropout } from './dropout.ts';
export { factories } from './factories.ts';
export { type Direction, layer } from './layer.ts';
export {
  type LearnedInitialStateParams,
  type LearnedInitialStateState,
  learnedInitialState,
} from './learned-initial-state.ts';
export { lengthsToMask } from './lengths.ts';
export {
  type MemoryCell,
  type MemoryCellOptions,
  type MemoryCellParams,
  type MemoryCellState,
  memoryCell,
} from './memory-cell.ts';
export { residual } from './residual.ts';
export { scanFrames } from './scan-frames.ts';
export { skipStack } from './skip-stack.ts';
export { stack } from './stack.ts';
export { type MemoryTrace, traceMemory } from './trace-memory.ts';
export type {
  AnyCell,
  AnyLayer,
  ContextOf,
  LayerContextOf,
  LayerOptions,
  ParamsOf,
  SequenceLayer,
  StatesOf,
} from './types.ts';
export { type UnrollOptions, unroll } from './unroll.ts';
