import type { Factories, Factory } from '@elman/core';
import { commandLine } from './exit.ts';
import { describeType } from './find/expect-options.ts';
import { builtInFactory, unknownName } from './find/find.ts';
import { KINDS, type Wanted } from './find/kinds.ts';
import { formatTable } from './format.ts';
import { stdout, writeJson } from './terminal.ts';

/** Lists the built-in ones of a kind, a line each, or the options of one. */
export async function list(
  kind: Wanted,
  name: string | undefined,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const { command, title, builtIn } = KINDS[kind];
  const factories: Factories = name === undefined ? await builtIn() : { [name]: await expectBuiltIn(kind, name) };
  if (json)
    return writeJson({
      [command]: Object.fromEntries(Object.entries(factories).map(([one, about]) => [one, asJson(about)])),
    });
  const lines =
    name === undefined ? [`${title}:`, ...table(factories), '', ...hints(kind, factories)] : details(factories);
  stdout.write(`${lines.join('\n')}\n`);
}

async function expectBuiltIn(kind: Wanted, name: string): Promise<Factory> {
  const found = await builtInFactory(kind, name);
  if (found === undefined) throw await unknownName(kind, name);
  return found;
}

const asJson = ({ summary = '', options = {}, defaults = {} }: Factory) => ({ summary, options, defaults });

/** Name, summary and options, as they are typed where they are set. */
const table = (factories: Factories): string[] =>
  formatTable(
    Object.entries(factories).map(([name, factory]) => [
      `  ${name}`,
      factory.summary ?? '',
      Object.keys(optionsOf(factory))
        .map((option) =>
          Object.hasOwn(factory.defaults ?? {}, option) ? `${option}=${factory.defaults?.[option]}` : option,
        )
        .join(','),
    ]),
  );

/** Options as they are typed: also the cell that it is made of, and how many there are of it. */
const optionsOf = ({ makes, parts, options = {} }: Factory): { readonly [option: string]: string } => ({
  ...Object.fromEntries(Object.entries(options).map(([option, type]) => [option, describeType(type)])),
  ...(makes === 'cell' && Array.isArray(parts?.[0]) && { layers: 'a number' }),
  ...(makes === 'cell' && parts !== undefined && { of: 'a cell, with its options; always the last' }),
});

function hints(kind: Wanted, factories: Factories): string[] {
  const [name = '', { options = {} } = {}] =
    Object.entries(factories).find(([, { options = {} }]) => Object.values(options).includes('number')) ?? [];
  const option = Object.keys(options).find((one) => options[one] === 'number');
  return [
    `Options: ${name}:${option}=NUMBER,…; described by ${commandLine(KINDS[kind].command, name)}`,
    'Of others: the name of an installed package, or a file as ./my-file.mjs.',
  ];
}

function details(factories: Factories): string[] {
  return Object.entries(factories).flatMap(([name, factory]) => [
    `${name}: ${factory.summary}`,
    ...formatTable(
      Object.entries(optionsOf(factory)).map(([option, type]) => [
        `  ${option}`,
        type,
        Object.hasOwn(factory.defaults ?? {}, option) ? `(default: ${factory.defaults?.[option]})` : '',
      ]),
    ),
  ]);
}
