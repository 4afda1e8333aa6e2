import { expect, it } from 'vitest';
import { traceBeamSearch } from '../src/index.ts';
import { lattice, letters, searchLattice } from './lattice.ts';
import { latticePicture } from './lattice-picture.ts';

// Written anew by: npx vitest run packages/decoding/test/lattice-picture.node.test.ts --update
it('draws the picture in the README', async () => {
  const [trace] = await traceBeamSearch({ ...lattice, beamWidth: 2 });
  const [[greedy], [best]] = [await searchLattice(1), await searchLattice(2)];
  const svg = latticePicture(trace?.tree ?? [], letters, greedy?.word ?? '', best?.word ?? '');
  await expect(svg).toMatchFileSnapshot('../pictures/lattice.svg');
});
