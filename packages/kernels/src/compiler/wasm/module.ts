import { inOrder, type Node, resultsOf } from '../graph.ts';
import { BLOCK, type Buffer, type Place, type Plan, type ProductStep, type Section } from '../plan/plan.ts';
import { pushRow, ROWS_PARAMETERS, type RowLocals, rowsParameters, TABLE } from './addresses.ts';
import { type Code, EQUAL, GREATER_OR_EQUAL, I32, LESS, type Local, makeCode, repeat } from './code.ts';
import { encodeModule, type FunctionBody } from './encode.ts';
import { rowsFunction } from './rows-code.ts';

/** Functions of the built module that generated code calls. */
const IMPORTS = { multiplyRows: 11 } as const;
/** Parameters of the function of a section. */
const SECTION = { part: 0, from: 1, to: 2, table: 3 } as const;
const SECTION_PARAMETERS = 4;

/** How a module is generated. */
export type ModuleOptions = { readonly hasFma: boolean; readonly isShared: boolean };

/**
 * The module of a plan: for each section a function (part, from, to, table) over rows of the batch, or blocks of rows. Sizes and
 * addresses are in the table, so that a module serves any number of frames and rows.
 */
export function moduleOf(plan: Plan, { hasFma, isShared }: ModuleOptions): Uint8Array<ArrayBuffer> {
  const functions: FunctionBody[] = [];
  const usersOf = countUsers(plan);
  const first = Object.keys(IMPORTS).length;
  const gradients = new Set<Buffer>();
  const all: [Section, string][] = [
    ...plan.forward.map((section, i): [Section, string] => [section, `forward${i}`]),
    ...plan.backward.map((section, i): [Section, string] => [section, `backward${i}`]),
  ];
  for (const section of plan.backward) for (const { buffer } of section.places.values()) gradients.add(buffer);
  const isFlushed =
    (section: Section) =>
    (buffer: Buffer): boolean =>
      buffer.kind === 'states' || buffer.kind === 'carry' || (section.isBackward && buffer.kind === 'frames');
  for (const [section, name] of all) {
    const calls = new Map<number, number>();
    for (const step of section.steps) {
      if (step.kind !== 'rows') continue;
      calls.set(step.index, first + functions.length);
      functions.push(rowsFunction({ section, step, hasFma, usersOf, isFlushed: isFlushed(section) }));
    }
    functions.push(sectionFunction(section, name, plan, (index) => calls.get(index) as number));
  }
  return encodeModule(functions, IMPORTS, isShared);
}

/** How many values are computed from each. */
function countUsers({ graph }: Plan): (of: Node) => number {
  const counts = new Map<Node, number>();
  for (const { inputs } of inOrder(resultsOf(graph)))
    for (const input of inputs) counts.set(input, (counts.get(input) ?? 0) + 1);
  return (of) => counts.get(of) ?? 0;
}

/** Word of the table with the address of packed weights. */
export function weightsWord(plan: Plan, index: number): number {
  return TABLE.buffers + plan.buffers.length + index;
}

/** Words of a table. */
export function tableLength(plan: Plan): number {
  return weightsWord(plan, plan.weights.length);
}

function sectionFunction(
  section: Section,
  name: string,
  plan: Plan,
  functionOf: (index: number) => number,
): FunctionBody {
  const code = makeCode(SECTION_PARAMETERS);
  const { part, from, to, table } = SECTION;
  const [frame, time, batch, first, local, row, carryIn, carryOut, count] = Array.from({ length: 9 }, () =>
    code.local(I32),
  ) as [Local, Local, Local, Local, Local, Local, Local, Local, Local];
  const rows: RowLocals = { table, part, first, local, batch: row, carryIn, carryOut, count };
  const isAll = section.kind === 'all';
  // Nothing to do for an empty part.
  code.get(from).get(to).op(GREATER_OR_EQUAL, 0x04, 0x40, 0x0f, 0x0b);
  code
    .get(table)
    .load32(4 * TABLE.time)
    .set(time);
  code
    .get(table)
    .load32(4 * TABLE.batch)
    .set(batch);
  const steps = (): void => {
    for (const step of section.steps) {
      if (step.kind === 'product') product(code, step, plan, rows);
      else {
        for (let i = 0; i < ROWS_PARAMETERS; i++) code.get(parameterOrder(rows)[i] as Local);
        code.call(functionOf(step.index));
      }
    }
  };
  const clear = (totals: readonly Buffer[], rowsToClear: () => void): void => {
    for (const buffer of totals) {
      code
        .get(table)
        .load32(4 * (TABLE.buffers + buffer.id))
        .get(row)
        .i32(4 * buffer.stride)
        .multiply()
        .add();
      code.i32(0);
      rowsToClear();
      code.i32(4 * buffer.stride).multiply();
      code.op(0xfc, 0x0b, 0);
    }
  };
  if (isAll) {
    const block = from;
    code.get(part).i32(BLOCK).multiply().set(local);
    repeat(
      code,
      () => {
        code.get(block).i32(BLOCK).multiply().set(first);
        code.get(block).set(row);
        // The last block may be shorter.
        code.i32(BLOCK).get(time).get(batch).multiply().get(first).subtract().tee(count);
        code.i32(BLOCK).get(count).op(LESS, 0x1b).set(count);
        clear(section.totals, () => code.i32(1));
        steps();
      },
      () => code.get(block).i32(1).add().tee(block).get(to).op(LESS),
    );
  } else {
    code.get(to).get(from).subtract().set(count);
    code.get(from).set(local).get(from).set(row);
    clear(section.totals, () => code.get(count));
    if (section.kind === 'once') {
      code.get(from).set(first);
      steps();
    } else {
      repeat(
        code,
        () => {
          // The frames in their order, or from the last to the first.
          code.get(time).i32(1).subtract().get(frame).subtract().get(frame);
          code.get(table).load32(4 * TABLE.reverse);
          if (section.isBackward) code.i32(1).op(0x73);
          code.op(0x1b).get(batch).multiply().get(from).add().set(first);
          // A carry has four parts: what comes in at first, two that take turns, and what goes out at last.
          code.i32(0).get(frame).i32(1).subtract().i32(1).op(0x71).i32(1).add().get(frame).op(0x45, 0x1b);
          code.get(batch).multiply().get(from).add().set(carryIn);
          code.i32(3).get(frame).i32(1).op(0x71).i32(1).add().get(frame).get(time).i32(1).subtract().op(EQUAL, 0x1b);
          code.get(batch).multiply().get(from).add().set(carryOut);
          steps();
        },
        () => code.get(frame).i32(1).add().tee(frame).get(time).op(LESS),
      );
    }
  }
  return { name, parameters: SECTION_PARAMETERS, locals: code.locals, code: code.bytes };
}

const parameterOrder = (rows: RowLocals): Local[] =>
  Object.keys(rowsParameters).map((name) => rows[name as keyof typeof rowsParameters]);

/** Calls `multiplyRows(part, 0, rows, a, aStep, packed, c, cStep, depth, columns, add)`. */
function product(code: Code, { rows: each, a, weights, to }: ProductStep, plan: Plan, rows: RowLocals): void {
  const columns = Math.ceil(weights.columns / 8) * 8;
  const address = (place: Place): void => {
    code.get(rows.table).load32(4 * (TABLE.buffers + place.buffer.id));
    pushRow(code, place, rows);
    code
      .i32(4 * place.buffer.stride)
      .multiply()
      .add();
    if (place.column > 0) code.i32(4 * place.column).add();
  };
  const multiply = (count: () => void, left: () => void, aStep: number, result: () => void, cStep: number): void => {
    code.get(rows.part).i32(0);
    count();
    left();
    code.i32(4 * aStep);
    code.get(rows.table).load32(4 * weightsWord(plan, plan.weights.indexOf(weights)));
    result();
    code
      .i32(4 * cStep)
      .i32(weights.depth)
      .i32(columns)
      .i32(0)
      .call(0);
  };
  const ofA = (): void => address(a);
  const ofResult = (): void => address(to);
  if (each === 1) {
    multiply(() => code.get(rows.count), ofA, a.buffer.stride, ofResult, to.buffer.stride);
  } else if (a.buffer.stride === each * weights.depth && to.buffer.stride === each * columns) {
    multiply(() => code.get(rows.count).i32(each).multiply(), ofA, weights.depth, ofResult, columns);
  } else {
    const [left, result, row] = [code.local(I32), code.local(I32), code.local(I32)];
    ofA();
    code.set(left);
    ofResult();
    code.set(result).get(rows.count).set(row);
    const next = (local: Local, { buffer }: Place): Code =>
      code
        .get(local)
        .i32(4 * buffer.stride)
        .add()
        .set(local);
    repeat(
      code,
      () => {
        multiply(
          () => code.i32(each),
          () => code.get(left),
          weights.depth,
          () => code.get(result),
          columns,
        );
        next(left, a);
        next(result, to);
      },
      () => code.get(row).i32(1).subtract().tee(row),
    );
  }
}
