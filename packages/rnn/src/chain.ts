import { OptionError } from '@elman/core';

/** Throws unless there is a part and each takes what the one before it gives. */
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
