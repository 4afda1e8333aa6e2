import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const own = fileURLToPath(new URL('..', import.meta.url));
const folder = join(own, 'template');

/** The text of a file of the template. */
export const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

/** The files of the template, by their paths in it. */
export const templateFiles = (): string[] =>
  (readdirSync(folder, { recursive: true }) as string[]).filter((path) => statSync(join(folder, path)).isFile()).sort();

/** The range of versions of a package of Elman that the template is written for: `^0.1.0`. */
export function rangeOf(name: string): string {
  const range = manifestIn(own).devDependencies[`@elman/${name}`] as string;
  // Publishing replaces `workspace:^` by the version.
  return range.startsWith('workspace:') ? `^${manifestIn(join(own, '..', name)).version}` : range;
}

type Manifest = { readonly version: string; readonly devDependencies: { readonly [name: string]: string } };

const manifestIn = (of: string): Manifest => JSON.parse(readFileSync(join(of, 'package.json'), 'utf8'));
