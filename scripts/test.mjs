/** What `npm test` runs: build, checks, and all tests in Node and, where there is a Chromium, in a page. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { runChecks } from './checks.mjs';
import { findChromium } from './chromium.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const shell = process.platform === 'win32';
const total = { passed: 0, failed: 0, skipped: 0 };

const build = spawnSync('turbo', ['run', 'build', '--output-logs=errors-only'], { cwd: root, stdio: 'inherit', shell });
total[build.status === 0 ? 'passed' : 'failed'] += 1;

if (build.status === 0) {
  const checks = runChecks();
  total.passed += checks.passed;
  total.failed += checks.failed;

  const chromium = findChromium();
  const folder = mkdtempSync(`${tmpdir()}/elman-tests-`);
  const report = `${folder}/report.json`;
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  const tests = spawnSync('vitest', ['run', ...reporters, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    shell,
    env: { ...process.env, CHROMIUM_PATH: chromium.path ?? '', ELMAN_TEST_BROWSER: chromium.path ? '1' : '0' },
  });
  try {
    const counts = JSON.parse(readFileSync(report, 'utf8'));
    total.passed += counts.numPassedTests;
    total.failed += counts.numFailedTests;
    total.skipped += counts.numPendingTests + counts.numTodoTests;
    if (tests.status !== 0 && counts.numFailedTests === 0) total.failed += 1;
  } catch {
    total.failed += 1;
  }
  rmSync(folder, { recursive: true, force: true });

  console.log(`\nNode ${process.version}; checks: ${checks.passed} passed, ${checks.failed} failed.`);
  if (chromium.path) console.log(`In pages: ${chromium.path} on webgl, webgpu, wasm and cpu.`);
  else console.log(`Left out: the tests in pages, because ${chromium.reason}.`);
}
if (total.skipped > 0) console.log(`${total.skipped} skipped.`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);
