export { type CellProof, cellProofs } from './cell-checks.ts';
export { describeCell } from './describe-cell.ts';
export { describeTask } from './describe-task.ts';
export { ConformanceError } from './errors.ts';
export { checkGradient, finiteDifferences, type GradientOptions } from './gradients.ts';
export type { CellOptions } from './subject.ts';
export type { TaskOptions } from './task-checks.ts';
export { countTensors } from './tensors.ts';
export { type Closeness, expectTreesClose } from './trees.ts';
