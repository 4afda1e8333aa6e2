import { expectMethods, OptionError } from '@elman/core';

/** What is checked of a cell or layer in a list. */
export type Part = { readonly name: string; readonly inputSize: number; readonly outputSize: number };

/** Throws unless the value is a cell. */
export function expectCell(where: string, given: unknown): void {
  expectMethods(where, given, ['init', 'initialState', 'step'], 'a cell, such as lstm({ inputSize, hiddenSize })');
}

/** Throws unless the value is a list of cells, or of layers. */
export function expectParts(where: string, kind: 'cell' | 'layer', parts: unknown): void {
  expectMethods(`${where}: ${kind}s`, parts, ['entries'], `a list of ${kind}s`);
  for (const [i, part] of (parts as unknown[]).entries()) {
    const at = `${where}: part ${i}`;
    if (kind === 'cell') expectCell(at, part);
    else
      expectMethods(
        at,
        part,
        ['init', 'initialState', 'run'],
        'a layer, such as layer(cell) or bidirectional(cell, cell)',
      );
  }
}

/** Throws unless there is a part. */
export function expectSome(where: string, parts: readonly unknown[]): void {
  if (parts.length === 0) throw new OptionError(`${where}: expected one part or more, got none.`);
}

/** Throws unless there is a part and each one's inputSize is the previous one's outputSize. */
export function expectChain(where: string, parts: readonly Part[]): void {
  expectSome(where, parts);
  parts.forEach((part, i) => {
    const before = parts[i - 1];
    if (before === undefined || before.outputSize === part.inputSize) return;
    throw new OptionError(
      `${where}: part ${i} (${part.name}): expected inputSize=${before.outputSize}, the outputSize of part ${i - 1}, got ${part.inputSize}.`,
    );
  });
}

/** `stack(lstm, lstm)` */
export function nameOf(factory: string, parts: readonly { readonly name: string }[]): string {
  return `${factory}(${parts.map(({ name }) => name).join(', ')})`;
}
