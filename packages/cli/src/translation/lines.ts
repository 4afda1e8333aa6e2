import { createInterface } from 'node:readline';
import { heatMap, toText } from '@elman/charts';
import { type Alignment, type Translation, type Translator, translate } from '@elman/models';
import { stderr, stdout, writeJson } from '../terminal.ts';
import type { TranslateArguments } from './settings.ts';

/**
 * Translates standard input line by line, as soon as lines are there, those that have come together in one go. An empty line stays one.
 */
export async function translateLines(
  translator: Translator,
  { json = false, beam, alignments }: Pick<TranslateArguments, 'json' | 'beam' | 'alignments'>,
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
      { beamWidth: beam, alignments },
    );
    for (const source of sources) {
      const translation = source === '' ? undefined : (written.shift() as Translation);
      if (json) writeJson({ event: 'translation', source, ...(translation ?? { text: '' }) });
      else stdout.write(`${translation?.text ?? ''}\n${pictureOf(translation?.alignment)}`);
    }
  }
}

/** Lines that say where the model looked, and an empty one. */
function pictureOf(alignment: Alignment | undefined): string {
  if (alignment === undefined || alignment.target.length === 0) return '';
  const { source, target, weights } = alignment;
  const labels = { rows: 'translation', columns: 'source', values: 'weight' };
  const chart = heatMap({ title: '', rows: target, columns: source, values: weights, labels, from: 0, to: 1 });
  return `${toText(chart, { width: stdout.columns(), color: stdout.colours.isColorSupported })}\n\n`;
}

/** Lines that are translated together. */
const AT_ONCE = 64;
