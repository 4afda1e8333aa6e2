/**
 * Whether a string is the name of an npm package: no path, no address, no part of a package, no module that is built into the
 * engine, in any spelling (`fs`, `node:fs`, `fs/promises`).
 */
export function isPackageName(name: string): boolean {
  return name.length <= LONGEST && PACKAGE_NAME.test(name) && !RESERVED.has(name);
}

/**
 * Whether a string names a file of a person's own, in place of a package: `file:my-cell.mjs`. It has no path: where the file is, only
 * a person says.
 */
export function isFileName(name: string): boolean {
  return name.length <= LONGEST && FILE_NAME.test(name);
}

const FILE_NAME = /^file:[\w.~-]+\.[cm]?[jt]s$/;
const LONGEST = 214;
const PACKAGE_NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** Modules of Node that need no `node:` before their names, and what npm allows no package to be called. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain events ' +
    'fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl stream ' +
    'string_decoder sys timers tls trace_events tty url util v8 vm wasi worker_threads zlib node_modules'
  ).split(' '),
);
