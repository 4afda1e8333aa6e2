import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

const readVersion = (file: string): string => (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;

/** The version of this command. */
export function ownVersion(): string {
  return readVersion(require.resolve('../package.json'));
}

/** The version of an installed package, or undefined if it is not there. */
export function packageVersion(name: string): string | undefined {
  try {
    return readVersion(require.resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

/** The packages that this one is built on. */
export function ownDependencies(): string[] {
  const { dependencies } = JSON.parse(readFileSync(require.resolve('../package.json'), 'utf8')) as {
    dependencies: { [name: string]: string };
  };
  return Object.keys(dependencies);
}
