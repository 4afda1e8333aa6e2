import { createInterface } from 'node:readline';
import { type Translator, translate } from '@elman/models';
import { stderr, stdout, writeJson } from '../terminal.ts';

/**
 * Translates standard input line by line, as soon as lines are there, those that have come together in one go. An empty line stays one.
 */
export async function translateLines(
  translator: Translator,
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  const isTerminal = process.stdin.isTTY === true;
  if (isTerminal) stderr.write('Write a line, and it is translated; Ctrl-D ends it.\n');
  const waiting: string[] = [];
  let ended = false;
  let wake = (): void => {};
  const lines = createInterface({ input: process.stdin, terminal: false });
  lines.on('line', (line) => {
    waiting.push(line);
    wake();
  });
  lines.on('close', () => {
    ended = true;
    wake();
  });
  while (!ended || waiting.length > 0) {
    if (waiting.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      continue;
    }
    const sources = waiting.splice(0, AT_ONCE).map((line) => line.trim());
    const written = await translate(
      translator,
      sources.filter((source) => source !== ''),
    );
    for (const source of sources) {
      const translation = source === '' ? '' : (written.shift() as string);
      if (json) writeJson({ event: 'translation', source, translation });
      else stdout.write(`${translation}\n`);
    }
  }
}

/** Lines that are translated together. */
const AT_ONCE = 64;
