import type { Option } from 'commander';

/** A command line and what it does. */
export type Example = readonly [command: string, does: string];

/** What stands below the options of a command's help. */
export function examplesText(examples: readonly Example[]): string {
  return ['', 'Examples:', ...examples.flatMap(([command, does]) => [`  ${command}`, `      ${does}`])].join('\n');
}

/** The description of an option, with its default as it is typed; an empty one is none. */
export function describeOption({ description, defaultValue }: Option): string {
  const typed = asTyped(defaultValue);
  return typed === '' ? description : `${description} (default: ${typed})`;
}

function asTyped(value: unknown): string {
  if (Array.isArray(value)) return value.join(',');
  return ['string', 'number'].includes(typeof value) ? `${value}` : '';
}
