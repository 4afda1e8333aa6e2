import type { Frame } from '@elman/core';
import { add, matMul, mul, reshape, split, sub, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { DncMemoryState, DncUnlinkedState } from './dnc.ts';
import { type DncSizes, readCommand } from './dnc-command.ts';
import { lookUp, strongKeys } from './dnc-content.ts';
import { followLinks, nextLinks } from './dnc-links.ts';
import { allocate, nextUsage } from './dnc-usage.ts';

type Access<S> = { readonly read: Frame; readonly state: S };

/** An access: usage, the write, links, the reads. */
export function dncAccess<S extends DncMemoryState | DncUnlinkedState>(
  state: S,
  command: Frame,
  sizes: DncSizes,
): Access<S> {
  const { slots, width, reads } = sizes;
  const [batch] = command.shape;
  const told = readCommand(command, sizes);
  const keys = strongKeys(told.keys, told.strengths);
  const [readKeys, writeKey] = split(keys, [reads, 1], 1) as [Tensor3D, Tensor3D];

  const usage = nextUsage(state.usage, state.writeWeights, state.readWeights, told.freeGates);
  const found = reshape(lookUp(state.memory, writeKey), [batch, slots]);
  const place = add(found, mul(told.allocationGate, sub(allocate(usage), found)));
  const writeWeights: Tensor2D = mul(told.writeGate, place);
  const change = sub(told.write, mul(told.erase, state.memory));
  const memory: Tensor3D = add(state.memory, mul(reshape(writeWeights, [batch, slots, 1]), change));

  const content = lookUp(memory, readKeys);
  const unlinked = { memory, usage, writeWeights };
  if (told.modes === undefined) {
    const read = matMul(content, memory);
    return { read: reshape(read, [batch, reads * width]), state: { ...unlinked, readWeights: content } as S };
  }
  const links = nextLinks(state as DncMemoryState, writeWeights);
  const readWeights = followLinks(links.link, state.readWeights, content, told.modes);
  const read = matMul(readWeights, memory);
  return { read: reshape(read, [batch, reads * width]), state: { ...unlinked, ...links, readWeights } as S };
}
