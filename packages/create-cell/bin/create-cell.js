#!/usr/bin/env node
// A plain file, there before the first build, so that package managers can link it.
import '../dist/main.js';
