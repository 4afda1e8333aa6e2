/**
 * Imports go down only. Every package says its floor in package.json (`"elman": { "floor": 2 }`); what its `src` imports
 * must be declared there and lie on a lower floor. Prints each forbidden import; exits with 1 if there is one.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/g;

/** The forbidden imports of a workspace, one sentence each. */
export function forbiddenImports(root) {
  const packages = globSync('packages/*/package.json', { cwd: root }).map((file) => {
    const manifest = JSON.parse(readFileSync(`${root}/${file}`, 'utf8'));
    return { ...manifest, folder: file.replace('/package.json', ''), floor: manifest.elman?.floor };
  });
  const floors = new Map(packages.map(({ name, floor }) => [name, floor]));
  const found = [];
  for (const { name, folder, floor, dependencies = {}, peerDependencies = {} } of packages) {
    if (!Number.isInteger(floor)) found.push(`${folder}/package.json: "elman": { "floor": N } is missing.`);
    if (!existsSync(`${root}/${folder}/src`)) continue;
    for (const file of globSync(`${folder}/src/**/*.ts`, { cwd: root })) {
      for (const [, , target] of readFileSync(`${root}/${file}`, 'utf8').matchAll(IMPORT)) {
        if (target.startsWith('.') && target.includes('/packages/'))
          found.push(`${file}: ${target}: import it by its name.`);
        if (/^[.#]|^node:/.test(target)) continue;
        const imported = target.split('/', target.startsWith('@') ? 2 : 1).join('/');
        if (imported === name) continue;
        if (!(imported in dependencies) && !(imported in peerDependencies)) {
          found.push(`${file}: ${imported} is not declared in ${folder}/package.json.`);
        }
        if (floors.has(imported) && !(floors.get(imported) < floor)) {
          found.push(`${file}: ${name} (floor ${floor}) imports ${imported} (floor ${floors.get(imported)}).`);
        }
      }
    }
  }
  return found.sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = forbiddenImports(fileURLToPath(new URL('..', import.meta.url)));
  for (const line of found) console.error(line);
  process.exit(found.length > 0 ? 1 : 0);
}
