/**
 * What `npm run sbom` runs: a software bill of materials of every public package, as CycloneDX, into `sbom/`: what it
 * depends on when it is installed, with versions, hashes and licenses, from the lockfile.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { publicPackages, run } from './pack.mjs';

const folder = fileURLToPath(new URL('../sbom', import.meta.url));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
const options = ['--sbom-format', 'cyclonedx', '--prod', '--split', '--out', `${folder}/%s-%v.cdx.json`];
run('pnpm', [...publicPackages(), 'sbom', ...options]);
console.log(`Wrote ${readdirSync(folder).length} files into ${folder}.`);
