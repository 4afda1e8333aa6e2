import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Names, namesFor } from './names.ts';
import { Refusal } from './refusal.ts';
import { read, templateFiles } from './template.ts';

export type WriteOptions = {
  /** The name of the package: `my-cell`, `@me/my-cell`. */
  readonly name: string;
  /** Where it is written, given the cell's name in its hyphenated form: a folder that is new or empty. */
  readonly folderOf: (name: string) => string;
  /** Changes the manifest, as text, before it is written. */
  readonly manifest?: ((text: string) => string) | undefined;
};

/** A package that was written. */
export type CellPackage = {
  readonly folder: string;
  readonly files: readonly string[];
  /** The name of the factory, and of the package. */
  readonly cell: string;
  readonly packageName: string;
};

/**
 * Writes a complete package with a cell: source, tests, manifest, README, license.
 * @throws {Refusal} if the name will not do, or the folder has something in it; nothing is written then.
 */
export function writeCell({ name, folderOf, manifest = (text) => text }: WriteOptions): CellPackage {
  const names = namesFor(name);
  const folder = folderOf(names.__name__ as string);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    const shown = relative(process.cwd(), folder) || folder;
    throw new Refusal(`${shown}: expected no such folder, or an empty one; nothing was written.`);
  }
  const files = templateFiles();
  for (const file of files) {
    const target = join(folder, RENAMED[file] ?? fill(file, names));
    const text = fill(read(file), names);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, RENAMED[file] === 'package.json' ? manifest(text) : text);
  }
  return { folder, files, cell: names.__cell__ as string, packageName: name };
}

/** Files whose own names would mean something in the package of the template. */
const RENAMED: { readonly [file: string]: string } = { gitignore: '.gitignore', 'manifest.json': 'package.json' };

const fill = (text: string, names: Names): string =>
  text.replace(/__[A-Za-z]+?__/g, (placeholder) => names[placeholder] ?? placeholder);

/** What is said of a package that was written: where it is, what to type next. */
export function summaryOf({ folder, files, cell, packageName }: CellPackage, steps: readonly string[]): string {
  return `Wrote ${folder} (${files.length} files): a cell called ${cell}, with its equations to be changed.
Next:
${steps.map((step) => `  ${step}`).join('\n')}
Where it is installed beside @elman/cli: elman train my-text.txt --cell ${packageName}
`;
}
