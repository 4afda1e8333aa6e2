import { around, lengthOf } from './javascript-ntm-forward.ts';
import {
  type CommandPlaces,
  commandOf,
  LENGTH_EPSILON,
  type NtmInputs,
  type NtmResults,
  type NtmSizes,
  traceOf,
} from './ntm-engine.ts';

type Numbers = Float32Array | Float64Array;

/** Values of a row of the batch, and gradients w.r.t. them, accumulated. */
type Row = {
  readonly sizes: NtmSizes;
  readonly places: CommandPlaces;
  /** See `traceOf`. */
  readonly trace: Numbers;
  readonly memory: Numbers;
  readonly previous: Numbers;
  readonly dMemory: Float64Array;
  readonly dWeights: Float64Array;
  /** W.r.t. the squashed command, then w.r.t. the command. */
  readonly dCommand: Float64Array;
};

/**
 * The gradients of every row of the batch, in double precision: into `to`.
 *
 * W.r.t. w', with d for a gradient, Z = dM' + Σ w'·drᵀ of the read heads, and E = Π(1 − w'·e) of the others:
 *
 *   dw' += M'·dr    or  Z·(a − M⊙e⊙E/(1 − w'e))     dM = Z⊙E
 *
 * and then back through sharpening, motion, interpolation and cosines.
 */
export function accessBackward(
  sizes: NtmSizes,
  { memory, weights }: NtmInputs<Float32Array>,
  trace: Float32Array,
  grads: NtmResults<Float32Array>,
  to: NtmInputs<Float32Array>,
): void {
  const { batch, slots, width, reads, writes } = sizes;
  const heads = reads + writes;
  const places = commandOf(sizes);
  const own = traceOf(sizes).size;
  const part = (values: Float32Array, row: number, size: number): Float32Array =>
    values.subarray(row * size, (row + 1) * size);
  for (let r = 0; r < batch; r++) {
    const row: Row = {
      sizes,
      places,
      trace: part(trace, r, own),
      memory: part(memory, r, slots * width),
      previous: part(weights, r, heads * slots),
      dMemory: Float64Array.from(part(grads.memory, r, slots * width)),
      dWeights: Float64Array.from(part(grads.weights, r, heads * slots)),
      dCommand: new Float64Array(places.size),
    };
    throughAccess(row, part(grads.read, r, reads * width));
    const dPrevious = part(to.weights, r, heads * slots);
    for (let head = 0; head < heads; head++) throughAddress(row, head, dPrevious.subarray(head * slots));
    unsquash(row);
    part(to.memory, r, slots * width).set(row.dMemory);
    part(to.command, r, places.size).set(row.dCommand);
  }
}

/** Through reading and writing: dMemory, dWeights, and the dCommand of erase and add vectors. */
function throughAccess({ sizes, places, trace, memory, dMemory, dWeights, dCommand }: Row, dRead: Numbers): void {
  const { slots, width, reads, writes } = sizes;
  const factors = new Float64Array(writes);
  const weightAt = (head: number, i: number): number => traceOf(sizes).heads + (4 * head + 3) * slots + i;
  for (let i = 0; i < slots; i++) {
    for (let k = 0; k < width; k++) {
      const at = i * width + k;
      const m = memory[at] as number;
      let kept = 1;
      let after = 0;
      for (let head = 0; head < writes; head++) {
        const weight = trace[weightAt(reads + head, i)] as number;
        const factor = 1 - weight * (trace[places.erase + head * width + k] as number);
        factors[head] = factor;
        kept *= factor;
        after += weight * (trace[places.add + head * width + k] as number);
      }
      after += m * kept;
      let d = dMemory[at] as number;
      for (let head = 0; head < reads; head++) {
        const dr = dRead[head * width + k] as number;
        d += (trace[weightAt(head, i)] as number) * dr;
        add(dWeights, head * slots + i, after * dr);
      }
      dMemory[at] = d * kept;
      for (let head = 0; head < writes; head++) {
        let left = d * m;
        for (let other = 0; other < writes; other++) if (other !== head) left *= factors[other] as number;
        const [erase, addition] = [places.erase + head * width + k, places.add + head * width + k];
        const weight = trace[weightAt(reads + head, i)] as number;
        add(dWeights, (reads + head) * slots + i, d * (trace[addition] as number) - left * (trace[erase] as number));
        add(dCommand, erase, -left * weight);
        add(dCommand, addition, d * weight);
      }
    }
  }
}

/** Through the addressing of one head: the rest of dMemory and dCommand, and the gradient w.r.t. its previous weights. */
function throughAddress(row: Row, head: number, dPrevious: Numbers): void {
  const { sizes, places, trace, previous, dWeights, dCommand } = row;
  const { slots, shifts } = sizes;
  const own = traceOf(sizes).heads + 4 * slots * head;
  const [cosines, content, logs, weights] = [0, 1, 2, 3].map((i) => trace.subarray(own + i * slots)) as [
    Numbers,
    Numbers,
    Numbers,
    Numbers,
  ];
  const at = head * places.head;
  const [strength, gate, sharpness] = [at + places.strength, at + places.gate, at + places.sharpness];
  const dw = dWeights.subarray(head * slots, (head + 1) * slots);
  throughSoftmax(weights, dw);
  const dMoved = dw.map((d, i) => (d * (1 + (trace[sharpness] as number))) / Math.exp(logs[i] as number));
  for (let i = 0; i < slots; i++) add(dCommand, sharpness, (dw[i] as number) * (logs[i] as number));

  const g = trace[gate] as number;
  const dContent = new Float64Array(slots);
  const p = previous.subarray(head * slots);
  for (let i = 0; i < slots; i++) {
    let d = 0;
    const difference = (content[i] as number) - (p[i] as number);
    const place = (p[i] as number) + g * difference;
    for (let o = -shifts; o <= shifts; o++) {
      const shift = at + places.shift + shifts + o;
      const moved = dMoved[around(i + o, slots)] as number;
      d += moved * (trace[shift] as number);
      add(dCommand, shift, moved * place);
    }
    add(dCommand, gate, d * difference);
    dPrevious[i] = (1 - g) * d;
    dContent[i] = g * d;
  }
  throughSoftmax(content, dContent);
  for (let i = 0; i < slots; i++) {
    add(dCommand, strength, (dContent[i] as number) * (cosines[i] as number));
    dContent[i] = (dContent[i] as number) * (trace[strength] as number);
  }
  throughCosines(row, at, cosines, dContent);
}

function throughCosines(
  { sizes, trace, memory, dMemory, dCommand }: Row,
  key: number,
  cosines: Numbers,
  d: Numbers,
): void {
  const { slots, width } = sizes;
  const { lengths } = traceOf(sizes);
  const keyLength = lengthOf(trace, key, width);
  let dKeyLength = 0;
  for (let i = 0; i < slots; i++) {
    const length = trace[lengths + i] as number;
    const dDot = (d[i] as number) / (keyLength * length + LENGTH_EPSILON);
    const dLengths = -dDot * (cosines[i] as number);
    dKeyLength += dLengths * length;
    const ofSlot = (dLengths * keyLength) / length;
    for (let k = 0; k < width; k++) {
      const m = memory[i * width + k] as number;
      add(dMemory, i * width + k, dDot * (trace[key + k] as number) + ofSlot * m);
      add(dCommand, key + k, dDot * m);
    }
  }
  for (let k = key; k < key + width; k++) add(dCommand, k, (dKeyLength / keyLength) * (trace[k] as number));
}

/** dx = y⊙(dy − Σ y·dy), in place of dy; y may be longer. */
function throughSoftmax(y: Numbers, d: Numbers): void {
  let mean = 0;
  for (let i = 0; i < d.length; i++) mean += (y[i] as number) * (d[i] as number);
  for (let i = 0; i < d.length; i++) d[i] = (y[i] as number) * ((d[i] as number) - mean);
}

/** From the gradient w.r.t. the squashed command to that w.r.t. the command. */
function unsquash({ sizes, places, trace, dCommand }: Row): void {
  const { width, reads, writes, shifts } = sizes;
  const scale = (k: number, slope: number): void => {
    dCommand[k] = (dCommand[k] as number) * slope;
  };
  const tanh = (k: number): void => scale(k, 1 - (trace[k] as number) ** 2);
  const sigmoid = (k: number): void => scale(k, (trace[k] as number) * (1 - (trace[k] as number)));
  const softplus = (k: number): void => scale(k, -Math.expm1(-(trace[k] as number)));
  for (let head = 0; head < reads + writes; head++) {
    const at = head * places.head;
    for (let k = at; k < at + width; k++) tanh(k);
    softplus(at + places.strength);
    sigmoid(at + places.gate);
    softplus(at + places.sharpness);
    const shift = at + places.shift;
    throughSoftmax(trace.subarray(shift), dCommand.subarray(shift, shift + 2 * shifts + 1));
  }
  for (let k = places.erase; k < places.add; k++) sigmoid(k);
  for (let k = places.add; k < places.size; k++) tanh(k);
}

function add(values: Numbers, at: number, more: number): void {
  values[at] = (values[at] as number) + more;
}
