import type { DncState } from './dnc-engine.ts';
import type { Looking } from './javascript-dnc-content.ts';

type Numbers = Float32Array | Float64Array;
/** The parts of a state with links. */
export type Linked<T> = Required<DncState<T>>;

/**
 * Lᵢⱼ' = (1 − wᵢ − wⱼ)·Lᵢⱼ + wᵢ·pⱼ, 0 where i = j, and p' = (1 − Σ w)·p + w; and the backward and forward weights of the read heads, into
 * the trace.
 */
export function nextLinks({ sizes, parts, trace }: Looking, before: Linked<Numbers>, to: Linked<Numbers>): void {
  const { slots, reads } = sizes;
  const { link, precedence, readWeights } = before;
  const weights = to.writeWeights;
  trace.fill(0, parts.earlier, parts.size);
  let sum = 0;
  for (let i = 0, at = 0; i < slots; i++) {
    const written = weights[i] as number;
    sum += written;
    for (let j = 0; j < slots; j++, at++) {
      const kept = 1 - written - (weights[j] as number);
      to.link[at] = i === j ? 0 : kept * (link[at] as number) + written * (precedence[j] as number);
    }
  }
  for (let i = 0; i < slots; i++) to.precedence[i] = (1 - sum) * (precedence[i] as number) + (weights[i] as number);
  for (let r = 0; r < reads; r++) {
    const [earlier, later, read] = [parts.earlier + r * slots, parts.later + r * slots, r * slots];
    for (let i = 0, at = 0; i < slots; i++) {
      const weight = readWeights[read + i] as number;
      let on = 0;
      for (let j = 0; j < slots; j++, at++) {
        const linked = to.link[at] as number;
        on += linked * (readWeights[read + j] as number);
        trace[earlier + j] = (trace[earlier + j] as number) + linked * weight;
      }
      trace[later + i] = on;
    }
  }
}

/**
 * From the gradients w.r.t. backward and forward weights (`dEarlier`, `dLater` [reads, slots]), links and precedence after the access
 * to those before it, which are set, and those w.r.t. read weights before and write weights after it, accumulated. For each link
 *
 *   dLᵢⱼ' = gᵢⱼ + Σᵣ dlaterᵣᵢ·wᵣⱼ + dearlierᵣⱼ·wᵣᵢ
 */
export function throughLinks(
  { sizes, parts, trace }: Looking,
  before: Linked<Numbers>,
  grads: Linked<Numbers>,
  dEarlier: Numbers,
  dLater: Numbers,
  to: Linked<Numbers>,
  dWritten: Numbers,
): void {
  const { slots, reads } = sizes;
  const { link, precedence, readWeights } = before;
  const line = new Float64Array(slots);
  const linked = new Float64Array(slots);
  const { written, sum } = writtenOf(trace, parts.writeWeights, slots);
  let towards = 0;
  for (let i = 0; i < slots; i++) towards += (grads.precedence[i] as number) * (precedence[i] as number);
  for (let i = 0; i < slots; i++) {
    dWritten[i] = (dWritten[i] as number) + (grads.precedence[i] as number) - towards;
    to.precedence[i] = (1 - sum) * (grads.precedence[i] as number);
  }
  for (let i = 0; i < slots; i++) {
    const at = i * slots;
    const weight = written[i] as number;
    for (let j = 0; j < slots; j++) {
      line[j] = grads.link[at + j] as number;
      linked[j] = (1 - weight - (written[j] as number)) * (link[at + j] as number) + weight * (precedence[j] as number);
    }
    linked[i] = 0;
    for (let r = 0; r < reads; r++) {
      const read = r * slots;
      const ofLater = dLater[read + i] as number;
      const ofRead = readWeights[read + i] as number;
      let back = 0;
      for (let j = 0; j < slots; j++) {
        const ofEarlier = dEarlier[read + j] as number;
        line[j] = (line[j] as number) + ofLater * (readWeights[read + j] as number) + ofEarlier * ofRead;
        to.readWeights[read + j] = (to.readWeights[read + j] as number) + (linked[j] as number) * ofLater;
        back += (linked[j] as number) * ofEarlier;
      }
      to.readWeights[read + i] = (to.readWeights[read + i] as number) + back;
    }
    line[i] = 0;
    let own = 0;
    for (let j = 0; j < slots; j++) {
      const slope = line[j] as number;
      const before = link[at + j] as number;
      to.link[at + j] = (1 - weight - (written[j] as number)) * slope;
      own += slope * ((precedence[j] as number) - before);
      dWritten[j] = (dWritten[j] as number) - slope * before;
      to.precedence[j] = (to.precedence[j] as number) + weight * slope;
    }
    dWritten[i] = (dWritten[i] as number) + own;
  }
}

function writtenOf(trace: Numbers, from: number, slots: number): { written: Numbers; sum: number } {
  const written = trace.subarray(from, from + slots);
  let sum = 0;
  for (let i = 0; i < slots; i++) sum += written[i] as number;
  return { written, sum };
}
