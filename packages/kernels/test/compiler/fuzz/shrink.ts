import { type Kind, type Line, type Program, pruned } from './program.ts';

/** The smallest program found that still fails, by leaving out one thing after the other. */
export async function shrunk(program: Program, fails: (of: Program) => Promise<boolean>): Promise<Program> {
  let best = program;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const other of smaller(best)) {
      if (sizeOf(other) >= sizeOf(best) || !(await fails(other))) continue;
      best = other;
      isSmaller = true;
      break;
    }
  }
  return best;
}

/** What is made smaller. */
function sizeOf({ lines, params, state, context, captured, run, next }: Program): number {
  const { batch, time, mask, reverse, isNoisy, isStarted } = run;
  const features = [mask !== 'none', mask !== 'none' && mask !== 'random', reverse, isNoisy, isStarted].filter(
    Boolean,
  ).length;
  const computed = next.filter((name, i) => name !== state[i]?.name).length;
  const inputs = lines.reduce(
    (sum, { from, to, args }) => sum + from.length + to.length + (args.length > 0 ? 0.5 : 0),
    0,
  );
  return (
    10 * lines.length +
    inputs +
    4 * (params.length + context.length + captured.length) +
    8 * state.length +
    3 * computed +
    2 * features +
    batch +
    time
  );
}

function* smaller(program: Program): Iterable<Program> {
  const { run, state, next, lines, kinds, params, context, captured } = program;
  for (const change of [
    { mask: 'none' },
    { mask: 'random' },
    { reverse: false },
    { isNoisy: false },
    { isStarted: false },
    { time: 1 },
    { time: 2 },
    { time: run.time - 1 },
    { batch: 1 },
    { batch: 2 },
    { batch: run.batch - 1 },
  ] as const) {
    const changed = { ...run, ...change };
    if (changed.time > 0 && changed.batch > 0) yield { ...program, run: changed };
  }
  const unused = ({ name }: { readonly name: string }): boolean =>
    !lines.some(({ from }) => from.includes(name)) && program.output !== name && !next.includes(name);
  for (const [list, key] of [
    [params, 'params'],
    [context, 'context'],
    [captured, 'captured'],
  ] as const) {
    for (const leaf of list) if (unused(leaf)) yield { ...program, [key]: list.filter((of) => of !== leaf) };
  }
  for (const [i, leaf] of state.entries()) {
    const others = { ...program, state: state.toSpliced(i, 1), next: next.toSpliced(i, 1) };
    const isUsed =
      lines.some(({ from }) => from.includes(leaf.name)) ||
      others.next.includes(leaf.name) ||
      program.output === leaf.name;
    if (!isUsed && state.length > 1) yield pruned(others);
    if (next[i] !== leaf.name) yield pruned({ ...program, next: next.with(i, leaf.name) });
  }
  const isLike = (a: Kind | undefined, b: Kind | undefined): boolean =>
    a !== undefined && b !== undefined && a.perRow === b.perRow && a.shape.join() === b.shape.join();
  const given = ['x', ...[...state, ...params, ...context, ...captured].map(({ name }) => name)];
  for (const name of given)
    if (isLike(kinds[name], kinds[program.output]) && name !== program.output)
      yield pruned({ ...program, output: name });
  for (const line of lines)
    for (const name of line.to)
      if (kinds[name]?.perRow && kinds[name]?.shape.length === 1 && name !== program.output)
        yield pruned({ ...program, output: name });
  // A line's result replaced by something of the same shape that is there before it.
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at] as Line;
    const earlier = [...line.from, ...given, ...lines.slice(0, at).flatMap(({ to }) => to)];
    for (const name of line.to) {
      for (const other of new Set(earlier)) {
        if (!isLike(kinds[name], kinds[other])) continue;
        yield pruned(replaced(program, name, other));
      }
    }
  }
}

/** A value replaced by another everywhere. */
function replaced(program: Program, name: string, other: string): Program {
  const to = (of: string): string => (of === name ? other : of);
  return {
    ...program,
    lines: program.lines.map((line) => ({ ...line, from: line.from.map(to) })),
    output: to(program.output),
    next: program.next.map(to),
  };
}
