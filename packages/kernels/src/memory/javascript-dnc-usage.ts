import { type DncState, LEAST_USAGE } from './dnc-engine.ts';
import type { Looking } from './javascript-dnc-content.ts';

type Numbers = Float32Array | Float64Array;

/** u' = (u + w − u⊙w) ⊙ Πᵣ (1 − fᵣ·wᵣ), into `to`. */
export function nextUsage({ sizes, places, trace }: Looking, before: DncState<Numbers>, to: Numbers): void {
  const { slots, reads } = sizes;
  for (let i = 0; i < slots; i++) {
    const used = before.usage[i] as number;
    let usage = used + (before.writeWeights[i] as number) * (1 - used);
    for (let r = 0; r < reads; r++) {
      usage *= 1 - (trace[places.free + r] as number) * (before.readWeights[r * slots + i] as number);
    }
    to[i] = usage;
  }
}

/** The gradients w.r.t. the inputs of the usage update, accumulated; that w.r.t. usage itself is set. */
export function throughUsage(
  { sizes, places, trace }: Looking,
  before: DncState<Numbers>,
  dUsage: Numbers,
  to: DncState<Numbers>,
  dCommand: Numbers,
): void {
  const { slots, reads } = sizes;
  for (let i = 0; i < slots; i++) {
    const used = before.usage[i] as number;
    const written = before.writeWeights[i] as number;
    const both = used + written * (1 - used);
    let kept = 1;
    for (let r = 0; r < reads; r++) {
      const free = trace[places.free + r] as number;
      const weight = before.readWeights[r * slots + i] as number;
      let others = both * (dUsage[i] as number);
      for (let q = 0; q < reads; q++) {
        if (q !== r) others *= 1 - (trace[places.free + q] as number) * (before.readWeights[q * slots + i] as number);
      }
      kept *= 1 - free * weight;
      to.readWeights[r * slots + i] = (to.readWeights[r * slots + i] as number) - free * others;
      dCommand[places.free + r] = (dCommand[places.free + r] as number) - weight * others;
    }
    to.usage[i] = (dUsage[i] as number) * kept * (1 - written);
    to.writeWeights[i] = (dUsage[i] as number) * kept * (1 - used);
  }
}

/** Slots sorted by usage (ties: lower index first) and the allocation of each, into the trace. */
export function allocate({ sizes, parts, trace }: Looking, usage: Numbers): void {
  const order = Array.from({ length: sizes.slots }, (_, i) => i);
  order.sort((a, b) => (usage[a] as number) - (usage[b] as number) || a - b);
  let full = 1;
  for (let place = 0; place < order.length; place++) {
    const slot = order[place] as number;
    const used = LEAST_USAGE + (1 - LEAST_USAGE) * (usage[slot] as number);
    trace[parts.order + place] = slot;
    trace[parts.allocation + slot] = (1 - used) * full;
    full *= used;
  }
}

/**
 * Adds to the gradient w.r.t. usage, which enters the allocation twice: as 1 − u of its own slot, and as a factor of all fuller slots,
 *
 *   du_k += Σⱼ daⱼ·aⱼ / u_k      over the j after k, where aⱼ has u_k as a factor.
 */
export function throughAllocation({ sizes, parts, trace }: Looking, dAllocation: Numbers, dUsage: Numbers): void {
  const { slots } = sizes;
  const products = new Float64Array(slots);
  let full = 1;
  for (let place = 0; place < slots; place++) {
    const slot = trace[parts.order + place] as number;
    products[place] = full;
    full *= LEAST_USAGE + (1 - LEAST_USAGE) * (trace[parts.usage + slot] as number);
  }
  let after = 0;
  for (let place = slots - 1; place >= 0; place--) {
    const slot = trace[parts.order + place] as number;
    const used = LEAST_USAGE + (1 - LEAST_USAGE) * (trace[parts.usage + slot] as number);
    const slope = dAllocation[slot] as number;
    const full = products[place] as number;
    dUsage[slot] = (dUsage[slot] as number) + (1 - LEAST_USAGE) * (after / used - slope * full);
    after += slope * (1 - used) * full;
  }
}
