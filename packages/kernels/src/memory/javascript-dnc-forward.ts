import { sigmoid } from '../sequence.ts';
import { type DncInputs, type DncResults, type DncSizes, dncCommandOf, dncTraceOf } from './dnc-engine.ts';
import { inverseLengths, type Looking, lookUp } from './javascript-dnc-content.ts';
import { type Linked, nextLinks } from './javascript-dnc-links.ts';
import { allocate, nextUsage } from './javascript-dnc-usage.ts';

type Numbers = Float32Array | Float64Array;

/** An access of one row: into `to`, and what the gradient needs into `trace`. */
export function dncForward(
  sizes: DncSizes,
  before: DncInputs<Float32Array>,
  to: DncResults<Float32Array>,
  trace: Float32Array,
): void {
  const { reads, links } = sizes;
  const looking: Looking = { sizes, places: dncCommandOf(sizes), parts: dncTraceOf(sizes), trace };
  const { parts } = looking;
  squash(looking, before.command);

  nextUsage(looking, before, to.usage);
  allocate(looking, to.usage);
  lookUp(looking, reads, before.memory, inverseLengths(before.memory, sizes));
  write(looking, before.memory, to.memory, to.writeWeights);

  const inverse = inverseLengths(to.memory, sizes);
  for (let head = 0; head < reads; head++) lookUp(looking, head, to.memory, inverse);
  if (links) nextLinks(looking, before as Linked<Numbers>, to as Linked<Numbers>);
  read(looking, to.memory, to.readWeights, to.read);
  trace.set(to.usage, parts.usage);
  trace.set(to.writeWeights, parts.writeWeights);
  trace.set(to.readWeights, parts.readWeights);
}

/** Decodes a command, into the trace. */
function squash({ sizes, places, trace }: Looking, raw: Numbers): void {
  const { reads, links } = sizes;
  trace.set(raw);
  for (let k = places.strengths; k < places.erase; k++) {
    const x = raw[k] as number;
    trace[k] = 1 + Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }
  for (let k = places.erase; k < places.vector; k++) trace[k] = sigmoid(raw[k] as number);
  if (!links) return;
  for (let r = 0, k = places.modes; r < reads; r++, k += 3) {
    const [a, b, c] = [raw[k], raw[k + 1], raw[k + 2]] as [number, number, number];
    const most = Math.max(a, b, c);
    const [x, y, z] = [Math.exp(a - most), Math.exp(b - most), Math.exp(c - most)];
    trace[k] = x / (x + y + z);
    trace[k + 1] = y / (x + y + z);
    trace[k + 2] = z / (x + y + z);
  }
}

/** w' = g_w·(c + g_a·(a − c)) and M' = M + w'·(v − e⊙M). */
function write({ sizes, places, parts, trace }: Looking, memory: Numbers, to: Numbers, weights: Numbers): void {
  const { slots, width, reads } = sizes;
  const [fresh, open] = [trace[places.allocate] as number, trace[places.write] as number];
  for (let i = 0, at = 0; i < slots; i++) {
    const found = trace[parts.contents + reads * slots + i] as number;
    weights[i] = open * (found + fresh * ((trace[parts.allocation + i] as number) - found));
    const weight = weights[i] as number;
    for (let k = 0; k < width; k++, at++) {
      const m = memory[at] as number;
      to[at] = m + weight * ((trace[places.vector + k] as number) - (trace[places.erase + k] as number) * m);
    }
  }
}

/** The read weights of each head, by links and content, and its read vector. */
function read({ sizes, places, parts, trace }: Looking, memory: Numbers, weights: Numbers, to: Numbers): void {
  const { slots, width, reads, links } = sizes;
  to.fill(0);
  for (let r = 0; r < reads; r++) {
    const modes = places.modes + 3 * r;
    const [back, same, on] = links ? ([trace[modes], trace[modes + 1], trace[modes + 2]] as number[]) : [0, 1, 0];
    for (let i = 0, at = 0; i < slots; i++) {
      let weight = (same as number) * (trace[parts.contents + r * slots + i] as number);
      if (links) {
        weight += (back as number) * (trace[parts.earlier + r * slots + i] as number);
        weight += (on as number) * (trace[parts.later + r * slots + i] as number);
      }
      weights[r * slots + i] = weight;
      for (let k = r * width; k < (r + 1) * width; k++, at++)
        to[k] = (to[k] as number) + weight * (memory[at] as number);
    }
  }
}
