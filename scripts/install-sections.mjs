/**
 * How the packages are installed: the one place that knows whether they are on npm.
 *
 *   node scripts/install-sections.mjs    writes it into every README, from `<!-- install … -->` to `<!-- installed -->`
 *
 * What stands in place of … are the arguments of `npm install` for what is on npm; nothing means the package itself and what the
 * README's code imports. The release sets ON_NPM and runs this.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPackages } from './packages.mjs';

export const ON_NPM = false;

const root = fileURLToPath(new URL('..', import.meta.url));
const SECTION = /^<!-- install( .+)? -->\n[\s\S]*?^<!-- installed -->$/gm;
const STEPS = 'README.md#from-a-few-lines-of-typescript';

/** The READMEs that say how something is installed: the root's, and each published package's, with the package's name. */
export function readmes() {
  const published = readPackages(root).filter((manifest) => !manifest.private);
  return [
    { file: 'README.md', name: undefined },
    ...published.map(({ folder, name }) => ({ file: `${folder}/README.md`, name })),
  ];
}

/** A README with its sections about installing as they should be. */
export function withInstallSections(text, { name, onNpm = ON_NPM } = {}) {
  return text.replace(SECTION, (_, given) => {
    const args = given?.trim().split(' ') ?? packagesOf(text, name);
    const section = onNpm ? shell(`npm install ${args.join(' ')}`) : fromClone(args, name);
    return `<!-- install${given ?? ''} -->\n${section}\n<!-- installed -->`;
  });
}

/** The package of a README and those that its TypeScript imports, of Elman and of TensorFlow.js. */
function packagesOf(text, name) {
  const code = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block).join('\n');
  const imported = [...code.matchAll(/from '(@(?:elman|tensorflow)\/[\w-]+)/g)].map(([, found]) => found);
  const [own, others] = [name === undefined ? [] : [name], [...imported, '@tensorflow/tfjs-core'].sort()];
  return [...new Set([...own, ...others])];
}

function fromClone(args, name) {
  if (args.includes('--global')) {
    const lead = 'The packages are not on npm yet. From a clone of this repository, which the command then runs from:';
    return `${lead}\n\n${shell('npm run pack', 'npm install --global ./packages/cli')}`;
  }
  const others = args.filter((word) => !word.startsWith('@elman/'));
  const steps = name === undefined ? '' : ` ([step by step](../../${STEPS}))`;
  return (
    'The packages are not on npm yet. `npm run pack` in a clone of this repository, here called `elman`, packs all of them; then,\n' +
    `in a folder beside it${steps}:\n\n${shell(['npm install', '../elman/tarballs/*.tgz', ...others].join(' '))}`
  );
}

/** What installs a package outside of the workspace, from its folder: `names` are what it needs of ours. */
export function installOutside(folder, names, onNpm = ON_NPM) {
  if (onNpm) return ['npm install'];
  const packages = new Map(readPackages(root).map((manifest) => [manifest.name, manifest]));
  const needed = new Set(names);
  for (const name of needed) {
    for (const dependency of Object.keys(packages.get(name).dependencies ?? {})) {
      if (packages.has(dependency)) needed.add(dependency);
    }
  }
  const tarball = (name) => `${name.slice(1).replace('/', '-')}-${packages.get(name).version}.tgz`;
  const paths = [...needed].sort().map((name) => relative(folder, `${root}tarballs/${tarball(name)}`));
  return [`npm --prefix ${relative(folder, root)} run pack`, `npm install --no-save ${paths.join(' ')}`];
}

function shell(...lines) {
  return ['```sh', ...lines, '```'].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { file, name } of readmes()) {
    writeFileSync(`${root}${file}`, withInstallSections(readFileSync(`${root}${file}`, 'utf8'), { name }));
  }
}
