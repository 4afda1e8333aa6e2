/** `npm start`: what it does without building anything. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

it.each(['--help', '-h'])('%s prints every option of the example and trains nothing', (flag) => {
  const { status, stdout } = spawnSync(process.execPath, [`${root}/scripts/start.mjs`, flag], { encoding: 'utf8' });
  const [, options = ''] = /const options = \{ (.*) \} as const;/.exec(
    readFileSync(`${root}/examples/char-lm/src/main.ts`, 'utf8'),
  ) as RegExpExecArray;
  const names = options.split(', ').map((option) => `--${option.split(':')[0]}`);
  expect(names.length).toBeGreaterThan(3);
  expect([...stdout.matchAll(/^ {2}(--\w+)/gm)].map(([, option]) => option).sort()).toEqual(
    [...names, '--help'].sort(),
  );
  expect(status).toBe(0);
});
