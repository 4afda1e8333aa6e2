import { CheckpointError } from '@elman/core';
import { afterEach, expect, it, vi } from 'vitest';
import { describeError } from '../src/errors.ts';
import { commandLine, rememberCommand, sameCommand } from '../src/exit.ts';

afterEach(() => vi.unstubAllEnvs());

it("tells Elman's own errors in one line as they are", () => {
  expect(describeError(new CheckpointError('a: damaged.\nmore'), false)).toBe('elman: a: damaged.\\nmore');
});

it.each([
  new Error('x'.repeat(100_000)),
  new CheckpointError('x'.repeat(100_000)),
  Object.assign(new Error('x'), { code: 'EACCES', path: `/${'x/'.repeat(1000)}` }),
  `\u001b[31m${'thrown '.repeat(1000)}`,
])('tells %# in one line of at most 400 characters', (error) => {
  const line = describeError(error, false);
  expect(line.length).toBeLessThanOrEqual(400);
  expect(line).not.toMatch(/\p{Cc}/u);
});

it('tells those of the system in plain words, with the path', () => {
  const error = Object.assign(new Error("ENOSPC: no space left on device, open '/x/y'"), {
    code: 'ENOSPC',
    path: '/x/y',
  });
  expect(describeError(error, false)).toBe('elman: /x/y: no space left on the device.');
});

it('gives a hint beside what nobody foresaw', () => {
  expect(describeError(new TypeError('x is not a function'), false)).toMatch(
    /^elman: x is not a function \(.*DEBUG=elman.*\)$/,
  );
  expect(describeError('thrown text', false)).toMatch(/^elman: thrown text/);
  expect(describeError(new TypeError('x'), true)).toMatch(/^elman: x\nTypeError: x\n +at /);
});

it.each([
  ['', "elman sample 'my runs/a'"],
  ['exec', "npx @elman/cli sample 'my runs/a'"],
  ['run-script', "npx @elman/cli sample 'my runs/a'"],
])('commandLine can be copied into a shell where npm_command is "%s"', (npm, wanted) => {
  vi.stubEnv('npm_command', npm);
  expect(commandLine('sample', 'my runs/a')).toBe(wanted);
});

it('sameCommand goes on: it does not begin anew', () => {
  vi.stubEnv('npm_command', '');
  rememberCommand(['task', 'parity', '--overwrite', '--out', 'my run']);
  expect(sameCommand()).toBe("elman task parity --out 'my run'");
});
