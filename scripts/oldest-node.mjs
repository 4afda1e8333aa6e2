import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = fileURLToPath(new URL('../node_modules/node-oldest/bin/node', import.meta.url));

/**
 * The oldest Node that `engines` of the packages allow; undefined on platforms for which the workspace does not bring
 * it.
 */
export const oldestNode = existsSync(path) ? path : undefined;
