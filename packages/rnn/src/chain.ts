import { expectMethods, OptionError } from '@elman/core';

/** Throws unless the value is a cell. */
export function expectCell(where: string, given: unknown): void {
  expectMethods(where, given, ['init', 'initialState', 'step'], 'a cell, such as lstm({ inputSize, hiddenSize })');
}

/** Throws unless the value is a list of cells, or of layers. */
export function expectParts(where: 'stack' | 'deep', parts: unknown): void {
  const kind = where === 'stack' ? 'cell' : 'layer';
  expectMethods(`${where}: ${kind}s`, parts, ['entries'], `a list of ${kind}s`);
  for (const [i, part] of (parts as unknown[]).entries()) {
    const at = `${where}: part ${i}`;
    if (where === 'stack') expectCell(at, part);
    else
      expectMethods(
        at,
        part,
        ['init', 'initialState', 'run'],
        'a layer, such as layer(cell) or bidirectional(cell, cell)',
      );
  }
}

/** Throws unless there is a part and each one's inputSize is the previous one's outputSize. */
export function expectChain(
  where: string,
  parts: readonly { readonly name: string; readonly inputSize: number; readonly outputSize: number }[],
): void {
  if (parts.length === 0) throw new OptionError(`${where}: expected one part or more, got none.`);
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
