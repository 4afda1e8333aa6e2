import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The manifests of `packages/*`, each with its `folder`, by name of folder. */
export function readPackages(root) {
  return readdirSync(`${root}/packages`)
    .sort()
    .map((name) => `packages/${name}`)
    .filter((folder) => existsSync(`${root}/${folder}/package.json`))
    .map((folder) => ({ ...JSON.parse(readFileSync(`${root}/${folder}/package.json`, 'utf8')), folder }));
}
