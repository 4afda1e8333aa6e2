import type { Factories } from '@elman/core';
import { depth } from './depth/factories.ts';
import { gated } from './gated/factories.ts';
import { linear } from './linear/factories.ts';
import { minimal } from './minimal/factories.ts';
import { multiplicative } from './multiplicative/factories.ts';
import { normalised } from './normalised/factories.ts';
import { orthogonal } from './orthogonal/factories.ts';
import { reservoir } from './reservoir/factories.ts';
import { simple } from './simple/factories.ts';
import { timeScales } from './time-scales/factories.ts';
import { xlstm } from './xlstm/factories.ts';

/** The cells of this package, by name: those that recipes may name and the command `elman` lists. */
export const factories: Factories = Object.fromEntries(
  Object.entries({
    ...depth,
    ...gated,
    ...linear,
    ...minimal,
    ...multiplicative,
    ...normalised,
    ...orthogonal,
    ...reservoir,
    ...simple,
    ...timeScales,
    ...xlstm,
  }).sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)),
);
