import { OptionError, type Task } from '@elman/core';

/** Ids of a batch as `tensor.array()` gives them, [batch][time]; without a mask all targets count. */
export interface AnsweredRows {
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
  readonly mask?: readonly (readonly number[])[] | undefined;
}

/**
 * Rows of a generative task as text: the question, the target, and the prediction of each net at the frames that
 * count.
 *
 *   Input:   c=2060
 *            print((c-4387))
 *   Target:  -2327.
 *   naive:   -2201.
 *   mixed:   -2377.
 *
 * `predictions` are ids [batch][time] by the label of their line.
 * @throws {OptionError} if the task is not generative, or has no symbols.
 * @see Zaremba & Sutskever 2014, section 12
 */
export function showAnswers(
  task: Task,
  { inputs, targets, mask }: AnsweredRows,
  predictions: { readonly [name: string]: readonly (readonly number[])[] } = {},
): string {
  const { symbols } = task;
  if (task.isGenerative !== true || symbols === undefined) {
    throw new OptionError(
      `showAnswers: task: expected one whose answers are generated and shown in symbols, got ${task.name}.`,
    );
  }
  const width = Math.max(...['Target', ...Object.keys(predictions)].map((name) => name.length)) + 3;
  const rows = inputs.map((asked, row) => {
    const wanted = targets[row] as readonly number[];
    const counts = mask?.[row] ?? wanted.map(() => 1);
    const answer = (values: readonly number[]): string =>
      spelled(
        values.filter((_, t) => counts[t] !== 0),
        symbols.targets,
      );
    const question = spelled(asked.slice(0, counts.findIndex((count) => count !== 0) + 1), symbols.inputs);
    const lines = [
      ['Input', question.trimEnd()],
      ['Target', answer(wanted)],
      ...Object.entries(predictions).map(([name, values]) => [name, answer(values[row] as readonly number[])]),
    ] as [string, string][];
    return lines.map(([name, text]) => `${name}:`.padEnd(width) + text.replaceAll('\n', `\n${' '.repeat(width)}`));
  });
  return rows.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

/** Characters side by side, longer symbols with spaces between. */
function spelled(ids: readonly number[], symbols: readonly string[]): string {
  return ids.map((id) => symbols[id] ?? '?').join(symbols.every((symbol) => symbol.length === 1) ? '' : ' ');
}
