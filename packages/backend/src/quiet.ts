import { env } from '@tensorflow/tfjs-core';

/**
 * Runs something while tfjs keeps its own log to itself: the banner that advertises its Node backend (shown once, at the
 * first write to the cpu backend) and the stack of a backend that does not start, which we report as a reason. The
 * console itself is untouched.
 */
export async function quietly<T>(run: () => Promise<T>): Promise<T> {
  const before = env().getBool('PROD');
  env().set('PROD', true);
  try {
    return await run();
  } finally {
    env().set('PROD', before);
  }
}
