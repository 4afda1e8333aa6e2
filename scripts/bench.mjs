/** Builds the workspace and runs the benchmark, packages/bench, with the arguments given. */
import { buildAndRun } from './build-and-run.mjs';

buildAndRun(['@elman/bench'], 'packages/bench/dist/main.js');
