import { type Frame, type Memory, Rng, type Tree, tree, valueAndGrad } from '@elman/core';
import { addN, type Scalar, sum, type Tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type DncMemoryState, dncMemory } from '../src/index.ts';
import { numbersOf, Script, slotOf } from './dnc-script.ts';

const WIDTH = 12;

/** Distinct vectors of signs. */
function items(rng: Rng, count: number): number[][] {
  return Array.from({ length: count }, (_, i) => Array.from({ length: WIDTH }, (_, k) => ((i >> k) & 1 ? 1 : -1))).map(
    (item) => item.map((sign, k) => (k < 9 ? sign : sign * (rng.integer(2) ? 1 : -1))),
  );
}

const close = (found: readonly number[], wanted: readonly number[]): void => {
  wanted.forEach((value, k) => {
    expect(found[k]).toBeCloseTo(value, 3);
  });
};

it('never writes to a slot that is in use until it is freed, in a program of 400 instructions', async () => {
  const slots = 6;
  const rng = Rng.seeded(11);
  const fresh = items(rng, 400);
  const script = new Script(slots, WIDTH);
  const used = new Map<number, number[]>();
  let pointed: number | undefined;
  let [full, freed] = [0, 0];
  for (let step = 0; step < 400; step++) {
    const order = rng.integer(3);
    const stored = [...used.keys()];
    if (order === 0) {
      const item = fresh[step] as number[];
      await script.obey({ write: item });
      const slot = slotOf(await numbersOf(script.state.writeWeights));
      if (used.size === slots) {
        expect(slot).toBeUndefined();
        full++;
      } else {
        expect(slot).toBeDefined();
        expect([...used.keys()]).not.toContain(slot);
        used.set(slot as number, item);
      }
      pointed = undefined;
    } else if (order === 1 && stored.length > 0) {
      pointed = stored[rng.integer(stored.length)] as number;
      close(await script.obey({ read: used.get(pointed) as number[] }), used.get(pointed) as number[]);
    } else if (order === 2 && pointed !== undefined) {
      await script.obey({ free: true });
      used.delete(pointed);
      pointed = undefined;
      freed++;
    }
  }
  expect(full).toBeGreaterThan(5);
  expect(freed).toBeGreaterThan(20);
});

it('writes to a slot that is freed in the same access, when all others are in use', async () => {
  const script = new Script(4, WIDTH);
  const given = items(Rng.seeded(1), 5);
  for (const item of given.slice(0, 4)) await script.obey({ write: item });
  await script.obey({ read: given[2] as number[] });
  const [slot] = [slotOf(await numbersOf(script.state.readWeights))];
  await script.obey({ free: true, write: given[4] as number[] });
  expect(slotOf(await numbersOf(script.state.writeWeights))).toBe(slot);
  close(await script.obey({ read: given[4] as number[] }), given[4] as number[]);
});

it('follows the links from any item to those written after and before it', async () => {
  const script = new Script(8, WIDTH);
  const given = items(Rng.seeded(2), 7);
  for (const item of given) await script.obey({ write: item });
  for (let from = 0; from < given.length; from++) {
    close(await script.obey({ read: given[from] as number[] }), given[from] as number[]);
    for (let i = from + 1; i < given.length; i++) close(await script.obey({ read: 'next' }), given[i] as number[]);
    close(await script.obey({ read: 'next' }), Array<number>(WIDTH).fill(0));
    await script.obey({ read: given[from] as number[] });
    for (let i = from - 1; i >= 0; i--) close(await script.obey({ read: 'previous' }), given[i] as number[]);
  }
});

it('has links from 0 to 1, of which rows and columns sum to at most 1, and none of a slot to itself', async () => {
  const [slots, batch] = [6, 3];
  const memory = dncMemory({ slots, width: 4, reads: 2 });
  const rng = Rng.seeded(3);
  let state: DncMemoryState = memory.initialState(batch);
  for (let step = 0; step < 200; step++) {
    const command = rng.fork(step).tensor([batch, memory.interfaceSize], (r) => 4 * r.normal()) as Frame;
    state = tree.tidy(() => memory.access(state, command).state);
    if (step % 20 > 0) continue;
    const links = await numbersOf(state.link);
    const at = (row: number, i: number, j: number): number => links[(row * slots + i) * slots + j] as number;
    for (let row = 0; row < batch; row++) {
      for (let i = 0; i < slots; i++) {
        const [out, back] = [0, 1].map((side) => {
          const line = Array.from({ length: slots }, (_, j) => (side === 0 ? at(row, i, j) : at(row, j, i)));
          expect(Math.min(...line)).toBeGreaterThan(-1e-6);
          return line.reduce((a, b) => a + b);
        });
        expect(Math.max(out as number, back as number)).toBeLessThan(1 + 1e-5);
        expect(at(row, i, i)).toBe(0);
      }
    }
    for (const weights of [state.usage, state.precedence]) {
      const values = await numbersOf(weights);
      expect(Math.min(...values)).toBeGreaterThan(-1e-6);
      expect(Math.max(...values)).toBeLessThan(1 + 1e-5);
    }
  }
});

for (const links of [true, false]) {
  it(`is finite with all gradients after 200 large random commands, ${links ? 'with' : 'without'} links`, async () => {
    const memory = dncMemory({ slots: 5, width: 3, reads: 2, links }) as Memory<Tree>;
    const rng = Rng.seeded(9);
    const commands = Array.from({ length: 200 }, (_, i) =>
      rng.fork(i).tensor([2, memory.interfaceSize], (r) => (i % 3 === 0 ? 30 : 3) * r.normal()),
    );
    const { value, grads } = valueAndGrad((given: Tensor[]) => {
      let state = memory.initialState(2);
      const reads: Scalar[] = [];
      for (const command of given) {
        const next = memory.access(state, command as Frame);
        reads.push(sum(next.read));
        state = next.state;
      }
      return { loss: addN(reads) as Scalar, aux: [] };
    }, commands);
    expect(Number.isFinite((await numbersOf(value))[0])).toBe(true);
    for (const gradient of grads)
      for (const slope of await numbersOf(gradient)) expect(Number.isFinite(slope)).toBe(true);
  });
}

it('has an initial command of the right size, with the write gates open and the free gates shut', () => {
  for (const links of [true, false]) {
    const { initialCommand = [], interfaceSize } = dncMemory({ slots: 5, width: 3, reads: 2, links }) as Memory<Tree>;
    expect(initialCommand).toHaveLength(interfaceSize);
    expect(initialCommand.slice(0, 22)).toEqual([...Array(9).fill(0), 3, 3, 3, 0, 0, 0, -2, -2, 2, 2, 0, 0, 0]);
  }
});
