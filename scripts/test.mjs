/** `npm test`: build, checks, and all tests in Node and, if there is a Chromium, in a page. */
import { spawn, spawnSync } from 'node:child_process';
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
  // Page tests mostly wait for the browser, so that both in parallel take hardly longer than the longer one.
  const projects = chromium.path ? ['node-*', 'page-*'] : ['node-*'];
  await Promise.all(projects.map((project, i) => runTests(project, `${folder}/${i}.json`, chromium.path)));
  rmSync(folder, { recursive: true, force: true });

  console.log(`\nNode ${process.version}; checks: ${checks.passed} passed, ${checks.failed} failed.`);
  if (chromium.path) console.log(`In pages: ${chromium.path} on webgl, webgpu, wasm and cpu.`);
  else console.log(`Left out: the tests in pages, because ${chromium.reason}.`);
}
if (total.skipped > 0) console.log(`${total.skipped} skipped.`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);

/** The tests of some projects, counted. */
async function runTests(project, report, chromium) {
  const given = process.argv.slice(2);
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  const args = [
    'run',
    '--project',
    project,
    ...reporters,
    ...(given.length > 0 ? ['--passWithNoTests', ...given] : []),
  ];
  const env = { ...process.env, CHROMIUM_PATH: chromium ?? '', ELMAN_TEST_BROWSER: project === 'page-*' ? '1' : '0' };
  const tests = spawn('vitest', args, { cwd: root, stdio: 'inherit', shell, env });
  const status = await new Promise((resolve) => {
    tests.on('close', resolve);
    tests.on('error', () => resolve(1));
  });
  try {
    const counts = JSON.parse(readFileSync(report, 'utf8'));
    total.passed += counts.numPassedTests;
    total.failed += counts.numFailedTests;
    total.skipped += counts.numPendingTests + counts.numTodoTests;
    if (status !== 0 && counts.numFailedTests === 0) total.failed += 1;
  } catch {
    if (status !== 0 || given.length === 0) total.failed += 1;
  }
}
