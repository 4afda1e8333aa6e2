import type { Rng } from '@elman/core';
import type { Draws, RngOperation } from '../graph.ts';
import type { Buffer, Plan } from '../plan/plan.ts';

/**
 * Draws the noise of all frames: each tensor as the step would at frame t, given `rng.frame(t)`; those of one generator one after the
 * other. `rowsAt` returns the rows, with or without padding, of a buffer at a frame, if the plan uses it.
 */
export function drawNoise(
  { graph, given }: Plan,
  { time, batch, rng }: { readonly time: number; readonly batch: number; readonly rng: Rng },
  drawsOf: (draws: Draws, rng: Rng) => Rng,
  rowsAt: (buffer: Buffer, t: number) => Float32Array | undefined,
): void {
  for (let t = 0; t < time; t++) {
    const generators = new Map<readonly RngOperation[], Rng>();
    for (const of of graph.noise) {
      const draws = of.draws as Draws;
      const buffer = given.get(of) as Buffer;
      const isOnce = buffer.kind === 'constant';
      if (isOnce && t > 0) continue;
      const generator = generators.get(draws.operations) ?? drawsOf(draws, rng.frame(t));
      generators.set(draws.operations, generator);
      const target = rowsAt(buffer, t);
      const { width } = buffer;
      const rows = of.perRow ? batch : 1;
      const values = target ?? new Float32Array(batch * width);
      const stride = values.length / batch;
      for (let row = 0; row < rows; row++) {
        for (let i = 0; i < width; i++) values[row * stride + i] = draws.draw(generator);
      }
      // Noise that all rows share.
      for (let row = rows; row < batch; row++) values.copyWithin(row * stride, 0, width);
    }
  }
}
