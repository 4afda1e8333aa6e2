import { Readable } from 'node:stream';
import { getBackend } from '@tensorflow/tfjs-core';
import { vi } from 'vitest';
import { run } from '../src/program.ts';

/** How a command ended that ran in this process. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly backend: string;
}

/** Runs `elman` in this process, which takes a tenth of the time of one of its own. `input` is what stands on standard input. */
export async function inProcess(args: readonly string[], input = ''): Promise<Outcome> {
  vi.stubEnv('npm_command', '');
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += text;
      return true;
    }),
  );
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin') as PropertyDescriptor;
  Object.defineProperty(process, 'stdin', { ...stdin, get: () => Readable.from([Buffer.from(input)]) });
  try {
    const code = await run(args);
    return { code, ...written, backend: getBackend() };
  } finally {
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
    Object.defineProperty(process, 'stdin', stdin);
  }
}
