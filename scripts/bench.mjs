/** Builds the workspace and runs packages/bench with the given arguments. */
import { buildAndRun } from './build-and-run.mjs';

buildAndRun(['packages/bench'], 'packages/bench/dist/main.js');
