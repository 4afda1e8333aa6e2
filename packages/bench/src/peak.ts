import { Child } from './child.ts';
import { peak as command } from './contenders.ts';
import type { Options } from './options.ts';
import type { Peak, PeakSetup, Unavailable } from './protocol.ts';

/** The machine's peak on the backend. Throws if the backend is unavailable. */
export async function measurePeak(options: Options): Promise<Peak> {
  const setup: PeakSetup = { backend: options.backend, milliseconds: options.quick ? 50 : 500 };
  const { args } = command(options);
  const child = new Child({ args: [...args, JSON.stringify(setup)] });
  try {
    const reply = await child.answer<Peak | Unavailable>();
    if (reply.event === 'unavailable') throw new Error(reply.reason);
    return reply;
  } finally {
    await child.stop();
  }
}
