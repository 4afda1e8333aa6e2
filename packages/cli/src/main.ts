#!/usr/bin/env node
import module from 'node:module';
import { run } from './program.ts';
import { isOutputStuck } from './terminal.ts';

// From the second time on everything loads twice as fast (Node 22.8 and newer).
module.enableCompileCache?.();
process.exitCode = await run(process.argv.slice(2));
if (isOutputStuck()) process.exit();
