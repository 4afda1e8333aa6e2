/** How the READMEs say that things are installed. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { installOutside, ON_NPM, readmes, withInstallSections } from '../scripts/install-sections.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const section = '<!-- install -->\n<!-- installed -->\n';

describe('the READMEs', () => {
  it.each(readmes())(
    '$file has the section as it is generated; otherwise: node scripts/install-sections.mjs',
    ({ file, name }) => {
      const text = readFileSync(`${root}${file}`, 'utf8');
      expect(text).toMatch(/^<!-- install.*-->$/m);
      expect(text).toBe(withInstallSections(text, { name }));
      const outside = text.replace(/^<!-- install[\s\S]*?^<!-- installed -->$/gm, '');
      if (!ON_NPM) expect(outside).not.toMatch(/(npm install|npx) .*@elman/);
    },
  );
});

describe('before the packages are on npm', () => {
  it('everything is installed from tarballs, beside what is on npm', () => {
    const text = withInstallSections(`${section}\`\`\`ts\nimport { lstm } from '@elman/cells';\n\`\`\``, {
      onNpm: false,
    });
    expect(text).toContain('npm run pack');
    expect(text).toContain('\nnpm install ../elman/tarballs/*.tgz @tensorflow/tfjs-core\n');
    expect(text).not.toContain('npm install @elman');
  });

  it('a package outside takes what it needs, and what that needs', () => {
    const [pack, install] = installOutside(`${root}../cell`, ['@elman/core', '@elman/testkit'], false);
    expect(pack).toMatch(/^npm --prefix \S+ run pack$/);
    expect(install?.match(/elman-\w+/g)).toEqual(['elman-backend', 'elman-core', 'elman-kernels', 'elman-testkit']);
  });
});

describe('once they are on npm', () => {
  it("the package and what its README's code imports are installed", () => {
    const code = "```ts\nimport { lstm } from '@elman/cells';\nimport { readFile } from 'node:fs/promises';\n```\n";
    const text = withInstallSections(section + code, { name: '@elman/rnn', onNpm: true });
    expect(text).toContain('```sh\nnpm install @elman/rnn @elman/cells @tensorflow/tfjs-core\n```');
  });

  it('arguments that are given are taken as they are', () => {
    const text = withInstallSections('<!-- install --global @elman/cli -->\n<!-- installed -->', { onNpm: true });
    expect(text).toContain('\nnpm install --global @elman/cli\n');
    expect(installOutside(root, ['@elman/core'], true)).toEqual(['npm install']);
  });
});
