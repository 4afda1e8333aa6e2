import type { CompiledCell, Stepper, Tree } from '@elman/core';
import type { AnyCell } from './types.ts';

/** Stacked cells, compiled; undefined if one of them cannot be. */
export function compileParts(
  cells: readonly AnyCell[],
  params: readonly Tree[],
): CompiledCell<readonly Tree[]> | undefined {
  const parts: CompiledCell<Tree>[] = [];
  const dispose = (): void => {
    for (const part of parts) part.dispose();
  };
  for (const [i, cell] of cells.entries()) {
    const part = cell.compile?.(params[i] as Tree);
    if (part === undefined) {
      dispose();
      return undefined;
    }
    parts.push(part);
  }
  return {
    start(state) {
      const steppers = parts.map((part, i): Stepper => part.start(state[i] as Tree));
      return {
        step: (inputs, isProjected = false) =>
          steppers.reduce((values, stepper, i) => stepper.step(values, i === 0 && isProjected), inputs),
        keep(rows) {
          for (const stepper of steppers) stepper.keep(rows);
        },
        dispose() {
          for (const stepper of steppers) stepper.dispose();
        },
      };
    },
    dispose,
  };
}
