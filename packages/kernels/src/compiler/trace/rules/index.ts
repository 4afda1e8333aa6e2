import { constants } from './constants.ts';
import { copies } from './copies.ts';
import { elementwise } from './elementwise.ts';
import { products } from './products.ts';
import { reductions } from './reductions.ts';
import type { Rules } from './rule.ts';
import { views } from './views.ts';

/** Of each kernel that can be recorded, what is. */
export const rules: Rules = { ...elementwise, ...reductions, ...views, ...copies, ...constants, ...products };
