import { CheckpointError } from '@elman/core';
import { expect } from 'vitest';

/** A file with this header and the given number of bytes of data, each 1. */
export function file(header: unknown, size: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + size).fill(1);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

/** Waits for `run` to fail with a CheckpointError of one line, and returns the line. */
export async function refusal(run: () => unknown): Promise<string> {
  let thrown: unknown;
  try {
    await run();
  } catch (error) {
    thrown = error;
  }
  expect(CheckpointError.isInstance(thrown), `a CheckpointError, got ${thrown}`).toBe(true);
  const { message } = thrown as Error;
  expect(message).not.toMatch(/[\r\n]/);
  return message;
}
