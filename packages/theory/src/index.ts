export { anbnLstm } from './anbn-lstm.ts';
export { comparingNet } from './comparing-net.ts';
export { countingLstm } from './counting-lstm.ts';
export type { HandSetNet } from './hand-set-net.ts';
export { type LinearUnitsOptions, type LinearUnitsParams, type LinearUnitsState, linearUnits } from './linear-units.ts';
export { parityNet } from './parity-net.ts';
export { summingNet } from './summing-net.ts';
export {
  type ThresholdUnitsOptions,
  type ThresholdUnitsParams,
  type ThresholdUnitsState,
  thresholdUnits,
} from './threshold-units.ts';
