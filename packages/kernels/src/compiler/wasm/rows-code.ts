import type { Store } from '../plan/plan.ts';
import { isFixed, pushAddress, ROWS_PARAMETERS, rowsParameters } from './addresses.ts';
import { type Local, repeat, simd, V128 } from './code.ts';
import { columnPass } from './column-pass.ts';
import type { FunctionBody } from './encode.ts';
import { matrixPass } from './matrix-pass.ts';
import { makeRowValues, type RowsContext } from './row-values.ts';

/** The function of a step of rows: row after row, level after level. */
export function rowsFunction(context: RowsContext): FunctionBody {
  const { section, step } = context;
  const values = makeRowValues(context);
  const { code, pointers, pointerTo, scalar } = values;

  const storeScalar = ({ value, to }: Store): void => {
    const [kept] = values.kept(to.buffer, [scalar(value)]);
    code
      .get(pointerTo(to))
      .get(kept as Local)
      .storeLane(4 * to.column);
  };
  const addTotal = ({ value, to }: Store): void => {
    const [total, local] = [code.local(V128), scalar(value)];
    code
      .get(pointerTo(to))
      .loadSplat(4 * to.column)
      .get(local)
      .simd(simd.add)
      .set(total);
    code
      .get(pointerTo(to))
      .get(total)
      .storeLane(4 * to.column);
  };
  for (const { level, scalars, totalsOfScalars, loops } of step.levels) {
    values.goTo(level);
    scalars.forEach(storeScalar);
    totalsOfScalars.forEach(addTotal);
    for (const loop of loops) (loop.sizes === undefined ? columnPass : matrixPass)(loop, values);
  }
  // What is known once a row's code is complete comes before it.
  const row = code.bytes.splice(0);
  for (const { local, place } of pointers.values()) {
    pushAddress(code, place);
    code.set(local);
  }
  for (const push of values.head) push();
  repeat(
    code,
    () => {
      for (const byte of row) code.bytes.push(byte);
      for (const { local, place } of pointers.values()) {
        if (isFixed(place.buffer, section)) continue;
        code
          .get(local)
          .i32(4 * place.buffer.stride)
          .add()
          .set(local);
      }
    },
    () => code.get(rowsParameters.count).i32(1).subtract().tee(rowsParameters.count),
  );
  return { name: undefined, parameters: ROWS_PARAMETERS, locals: code.locals, code: code.bytes };
}
