import { type DncPlaces, type DncSizes, type DncTraceParts, SHORT } from './dnc-engine.ts';

type Numbers = Float32Array | Float64Array;

/** Keys and strengths of a row's heads, and offsets of their results in the trace. */
export type Looking = {
  readonly sizes: DncSizes;
  readonly places: DncPlaces;
  readonly parts: DncTraceParts;
  readonly trace: Numbers;
};

/** 1 / √(|x|² + ε) of the vector x of `count` numbers from an offset on. */
function inverseLength(x: Numbers, from: number, width: number): number {
  let sum = SHORT;
  for (let at = from; at < from + width; at++) sum += (x[at] as number) * (x[at] as number);
  return 1 / Math.sqrt(sum);
}

/** The same for each slot. */
export function inverseLengths(memory: Numbers, { slots, width }: DncSizes): Float64Array {
  const inverse = new Float64Array(slots);
  for (let i = 0; i < slots; i++) inverse[i] = inverseLength(memory, i * width, width);
  return inverse;
}

/** Content addressing of a head: scores sᵢ = β·cos(k, Mᵢ) and their softmax, into the trace. */
export function lookUp(looking: Looking, head: number, memory: Numbers, inverse: Numbers): void {
  const { sizes, places, parts, trace } = looking;
  const { slots, width } = sizes;
  const key = places.keys + head * width;
  const strong = (trace[places.strengths + head] as number) * inverseLength(trace, key, width);
  const scores = parts.scores + head * slots;
  const contents = parts.contents + head * slots;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0, at = 0; i < slots; i++) {
    let dot = 0;
    for (let k = 0; k < width; k++, at++) dot += (memory[at] as number) * (trace[key + k] as number);
    const score = strong * dot * (inverse[i] as number);
    trace[scores + i] = score;
    if (score > most) most = score;
  }
  let sum = 0;
  for (let i = 0; i < slots; i++) sum += Math.exp((trace[scores + i] as number) - most);
  for (let i = 0; i < slots; i++) trace[contents + i] = Math.exp((trace[scores + i] as number) - most) / sum;
}

/**
 * From the gradient w.r.t. the content weights of a head, scaled by `factor`, to those w.r.t. key and strength (before squashing) and
 * memory, accumulated:
 *
 *   ds = c⊙(dc − Σ c·dc)     dM = Σ dsᵢ·ρᵢ·(β·ρₖ·k − sᵢ·ρᵢ·Mᵢ)     ρ = 1/√(|·|² + ε)
 */
export function throughLookUp(
  looking: Looking,
  head: number,
  memory: Numbers,
  inverse: Numbers,
  dContents: Numbers,
  factor: number,
  dMemory: Numbers,
  dCommand: Numbers,
): void {
  const { sizes, places, parts, trace } = looking;
  const { slots, width } = sizes;
  const key = places.keys + head * width;
  const strength = trace[places.strengths + head] as number;
  const ofKey = inverseLength(trace, key, width);
  const strong = strength * ofKey;
  const scores = parts.scores + head * slots;
  const contents = parts.contents + head * slots;
  let mean = 0;
  for (let i = 0; i < slots; i++) mean += (trace[contents + i] as number) * (dContents[i] as number);
  let dStrength = 0;
  for (let i = 0, at = 0; i < slots; i++) {
    const dScore = factor * (trace[contents + i] as number) * ((dContents[i] as number) - mean);
    const score = trace[scores + i] as number;
    const ofSlot = inverse[i] as number;
    const toKey = dScore * ofSlot * strong;
    const toSlot = dScore * score * ofSlot * ofSlot;
    dStrength += dScore * score;
    for (let k = 0; k < width; k++, at++) {
      const m = memory[at] as number;
      dCommand[key + k] = (dCommand[key + k] as number) + toKey * m;
      dMemory[at] = (dMemory[at] as number) + toKey * (trace[key + k] as number) - toSlot * m;
    }
  }
  // Σ ds·s is the derivative w.r.t. both log β and log ρₖ.
  for (let k = key; k < key + width; k++) {
    dCommand[k] = (dCommand[k] as number) - dStrength * ofKey * ofKey * (trace[k] as number);
  }
  dCommand[places.strengths + head] = (dStrength / strength) * -Math.expm1(1 - strength);
}
