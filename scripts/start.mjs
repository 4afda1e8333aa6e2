/** Builds the workspace and runs the main job: examples/char-lm, with the arguments given. */
import { buildAndRun } from './build-and-run.mjs';

buildAndRun(['char-lm', '@elman/cli'], 'examples/char-lm/dist/main.js');
