import { describe, expect, it } from 'vitest';
import { run } from '../src/index.ts';
import { program } from '../src/program.ts';
import { inProcess } from './in-process.ts';

const names = program().commands.map((command) => command.name());

/** The command lines below `Examples:`. */
const examplesIn = (help: string): string[] =>
  [...help.matchAll(/^ {2}(?:.+ \| )?(elman .+)$/gm)].map(([, line]) => `${line}`);

/** A command line as a shell takes it apart, without where its streams go. */
const argumentsOf = (line: string): string[] =>
  [...line.replace(/ <.*$/, '').matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => `${quoted ?? plain}`).slice(1);

it('run is what a program imports', () => expect(run).toBeTypeOf('function'));

describe.each(['', ...names])('elman %s --help', (name) => {
  it('fits a terminal, has no defaults that nobody types, and two examples that are understood', async () => {
    const { code, stdout } = await inProcess(name === '' ? ['--help'] : [name, '--help']);
    expect(code).toBe(0);
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(stdout).not.toMatch(/default: ["[{]/);
    const examples = examplesIn(stdout);
    expect(examples.length).toBeGreaterThanOrEqual(2);
    const called: string[] = [];
    for (const example of examples) {
      const elman = program();
      for (const command of elman.commands) command.action(() => void called.push(command.name()));
      await elman.parseAsync(argumentsOf(example), { from: 'user' });
    }
    expect(called).toHaveLength(examples.length);
    if (name !== '') expect(called).toContain(name);
  });
});
