/** Files of TensorFlow.js, also bundled by Vite, and of ours: between an op and the step that calls it. */
const INSIDE = /@tensorflow|tfjs-|\.vite[\\/]|[\\/](?:kernels|core)[\\/](?:src|dist)[\\/]|^node:|<anonymous>/;
const FRAME = /(?:^|[\s(@])((?:[a-z]+:\/\/|[A-Za-z]:[\\/]|[\\/])[^\s()]*):(\d+):\d+\)?$/;

/** Of a stack: the innermost line outside of TensorFlow.js and of ours, `lstm.ts:57`. */
export function lineOf(stack: string | undefined): string | undefined {
  for (const frame of stack?.split('\n') ?? []) {
    const [, file, line] = FRAME.exec(frame) ?? [];
    if (file === undefined || INSIDE.test(file)) continue;
    return `${file.split(/[\\/]/).at(-1)?.split('?')[0]}:${line}`;
  }
  return undefined;
}

/**
 * The line of the step from which this is called. Where stacks are mapped to sources, as under Vite and vitest, only the frame of that
 * line is: a hundred of them take milliseconds.
 */
export function currentLine(): string | undefined {
  const { prepareStackTrace } = Error;
  if (prepareStackTrace === undefined) return lineOf(new Error().stack);
  Error.prepareStackTrace = (error, sites) => {
    const step = sites.find((site) => !INSIDE.test(site.getFileName() ?? '<anonymous>'));
    return step && prepareStackTrace(error, [step]);
  };
  try {
    return lineOf(new Error().stack);
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}
