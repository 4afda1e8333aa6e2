/** Finds Chromium for the browser tests, or installs Debian's package as root. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const found = () => {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  const folders = (process.env.PATH ?? '').split(':').concat('/usr/bin');
  return folders.flatMap((folder) => NAMES.map((name) => `${folder}/${name}`)).find((path) => existsSync(path));
};

/** `{ path }`, or `{ reason }` in words for the summary. */
export function findChromium() {
  const there = found();
  if (there)
    return existsSync(there) ? { path: there } : { reason: `CHROMIUM_PATH names ${there}, which does not exist` };
  if (!existsSync('/usr/bin/apt-get')) return { reason: 'no Chromium was found, and this is not a Debian machine' };
  if (process.getuid?.() !== 0) return { reason: 'no Chromium was found (as root: apt-get install chromium)' };
  console.log('Installing Chromium from Debian for the browser tests.');
  for (const step of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const { status } = spawnSync('apt-get', ['-qq', ...step], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (status !== 0) return { reason: `no Chromium was found, and apt-get ${step[0]} failed` };
  }
  const path = found();
  return path ? { path } : { reason: 'Debian’s Chromium was installed but not found' };
}
