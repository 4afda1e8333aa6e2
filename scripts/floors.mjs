/**
 * Imports go down only. Every package has its floor in package.json (`"elman": { "floor": 2 }`); what its `src` imports
 * must be declared there and be of a lower floor. Prints each forbidden import; exits with 1 if there is one.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readPackages } from './packages.mjs';

/** `import … from 'x'`, `export … from 'x'`, `import 'x'`, `import('x')`. */
const IMPORT = /(?:^\s*(?:import|export)\b[^'";]*\bfrom\s*|^\s*import\s*|\bimport\s*\(\s*)(['"])([^'"\n]+)\1/gm;

/** The forbidden imports of a workspace, one sentence each. */
export function forbiddenImports(root) {
  const packages = readPackages(root);
  const floors = new Map(packages.map(({ name, elman }) => [name, elman?.floor]));
  const found = [];
  for (const { name, folder, elman, dependencies = {}, peerDependencies = {} } of packages) {
    const floor = elman?.floor;
    if (!Number.isInteger(floor)) found.push(`${folder}/package.json: "elman": { "floor": N } is missing.`);
    if (!existsSync(`${root}/${folder}/src`)) continue;
    const files = readdirSync(`${root}/${folder}/src`, { recursive: true }).filter((file) => file.endsWith('.ts'));
    for (const file of files.map((path) => `${folder}/src/${path}`)) {
      for (const [, , target] of readFileSync(`${root}/${file}`, 'utf8').matchAll(IMPORT)) {
        if (target.includes('/packages/')) found.push(`${file}: ${target}: import it by its name.`);
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
