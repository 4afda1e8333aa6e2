import {
  type DncInputs,
  type DncResults,
  type DncSizes,
  type DncState,
  dncCommandOf,
  dncTraceOf,
} from './dnc-engine.ts';
import { inverseLengths, type Looking, throughLookUp } from './javascript-dnc-content.ts';
import { type Linked, throughLinks } from './javascript-dnc-links.ts';
import { throughAllocation, throughUsage } from './javascript-dnc-usage.ts';

type Numbers = Float32Array | Float64Array;

/** The gradients of one row w.r.t. its state before the access and its command: into `to`, initially zeros. */
export function dncBackward(
  sizes: DncSizes,
  before: DncState<Float32Array>,
  trace: Float32Array,
  grads: DncResults<Float32Array>,
  to: DncInputs<Float32Array>,
): void {
  const { slots, reads, links } = sizes;
  const looking: Looking = { sizes, places: dncCommandOf(sizes), parts: dncTraceOf(sizes), trace };
  const { places, parts } = looking;
  const memory = writtenMemory(looking, before.memory);
  const dMemory = new Float64Array(grads.memory);
  const dWritten = new Float64Array(grads.writeWeights);
  const dUsage = new Float64Array(grads.usage);
  const dCommand = new Float64Array(places.size);

  const dRead = throughRead(looking, memory, grads, dMemory);
  if (links) followBack(looking, before as Linked<Numbers>, grads as Linked<Numbers>, dRead, to, dWritten, dCommand);
  const inverse = inverseLengths(memory, sizes);
  for (let head = 0; head < reads; head++) {
    const part = dRead.subarray(head * slots, (head + 1) * slots);
    const factor = links ? (trace[places.modes + 3 * head + 1] as number) : 1;
    throughLookUp(looking, head, memory, inverse, part, factor, dMemory, dCommand);
  }

  throughWrite(looking, before.memory, dMemory, dWritten, dCommand);
  const [fresh, open] = [trace[places.allocate] as number, trace[places.write] as number];
  const dAllocation = new Float64Array(slots);
  for (let i = 0; i < slots; i++) {
    dAllocation[i] = (dWritten[i] as number) * open * fresh;
    const found = trace[parts.contents + reads * slots + i] as number;
    const room = (trace[parts.allocation + i] as number) - found;
    add(dCommand, places.write, (dWritten[i] as number) * (found + fresh * room));
    add(dCommand, places.allocate, (dWritten[i] as number) * open * room);
  }
  throughAllocation(looking, dAllocation, dUsage);
  const ofSlots = inverseLengths(before.memory, sizes);
  throughLookUp(looking, reads, before.memory, ofSlots, dWritten, open * (1 - fresh), dMemory, dCommand);
  throughUsage(looking, before, dUsage, to, dCommand);
  to.memory.set(dMemory);
  unsquash(looking, dCommand);
  to.command.set(dCommand);
}

/** Recomputes the memory after the write. */
function writtenMemory({ sizes, places, parts, trace }: Looking, memory: Numbers): Float64Array {
  const { slots, width } = sizes;
  const written = new Float64Array(slots * width);
  for (let i = 0, at = 0; i < slots; i++) {
    const weight = trace[parts.writeWeights + i] as number;
    for (let k = 0; k < width; k++, at++) {
      const m = memory[at] as number;
      written[at] = m + weight * ((trace[places.vector + k] as number) - (trace[places.erase + k] as number) * m);
    }
  }
  return written;
}

/** The gradient w.r.t. read weights [reads, slots]; adds to that w.r.t. memory. */
function throughRead(
  { sizes, parts, trace }: Looking,
  memory: Numbers,
  grads: DncResults<Numbers>,
  dMemory: Numbers,
): Float64Array {
  const { slots, width, reads } = sizes;
  const dWeights = new Float64Array(grads.readWeights);
  for (let r = 0; r < reads; r++) {
    for (let i = 0, at = 0; i < slots; i++) {
      const weight = trace[parts.readWeights + r * slots + i] as number;
      let slope = 0;
      for (let k = r * width; k < (r + 1) * width; k++, at++) {
        const d = grads.read[k] as number;
        slope += d * (memory[at] as number);
        dMemory[at] = (dMemory[at] as number) + weight * d;
      }
      add(dWeights, r * slots + i, slope);
    }
  }
  return dWeights;
}

/** Through modes and links. */
function followBack(
  looking: Looking,
  before: Linked<Numbers>,
  grads: Linked<Numbers>,
  dRead: Numbers,
  to: DncInputs<Numbers>,
  dWritten: Numbers,
  dCommand: Numbers,
): void {
  const { sizes, places, parts, trace } = looking;
  const { slots, reads } = sizes;
  const dEarlier = new Float64Array(reads * slots);
  const dLater = new Float64Array(reads * slots);
  for (let r = 0; r < reads; r++) {
    const modes = places.modes + 3 * r;
    for (let i = r * slots; i < (r + 1) * slots; i++) {
      const slope = dRead[i] as number;
      dEarlier[i] = slope * (trace[modes] as number);
      dLater[i] = slope * (trace[modes + 2] as number);
      add(dCommand, modes, slope * (trace[parts.earlier + i] as number));
      add(dCommand, modes + 1, slope * (trace[parts.contents + i] as number));
      add(dCommand, modes + 2, slope * (trace[parts.later + i] as number));
    }
  }
  throughLinks(looking, before, grads, dEarlier, dLater, to as Linked<Numbers>, dWritten);
}

/** Turns the gradient w.r.t. the memory after the write into that before it, in place; adds to those w.r.t. write weights and command. */
function throughWrite(
  { sizes, places, parts, trace }: Looking,
  memory: Numbers,
  dMemory: Numbers,
  dWritten: Numbers,
  dCommand: Numbers,
): void {
  const { slots, width } = sizes;
  for (let i = 0, at = 0; i < slots; i++) {
    const weight = trace[parts.writeWeights + i] as number;
    let slope = 0;
    for (let k = 0; k < width; k++, at++) {
      const m = memory[at] as number;
      const d = dMemory[at] as number;
      const erase = trace[places.erase + k] as number;
      slope += d * ((trace[places.vector + k] as number) - erase * m);
      add(dCommand, places.vector + k, weight * d);
      add(dCommand, places.erase + k, -weight * d * m);
      dMemory[at] = d * (1 - weight * erase);
    }
    add(dWritten, i, slope);
  }
}

/** From the gradient w.r.t. the squashed command to that w.r.t. the command, except strengths. */
function unsquash({ places, trace }: Looking, dCommand: Numbers): void {
  for (let k = places.erase; k < places.vector; k++) {
    const y = trace[k] as number;
    dCommand[k] = (dCommand[k] as number) * y * (1 - y);
  }
  for (let k = places.modes; k < places.size; k += 3) {
    let mean = 0;
    for (let m = k; m < k + 3; m++) mean += (trace[m] as number) * (dCommand[m] as number);
    for (let m = k; m < k + 3; m++) dCommand[m] = (trace[m] as number) * ((dCommand[m] as number) - mean);
  }
}

function add(values: Numbers, at: number, more: number): void {
  values[at] = (values[at] as number) + more;
}
