import { heatMap, toText } from '@elman/charts';
import { type Alignment, type Translation, type Translator, translate } from '@elman/models';
import { LineSplitter, oneLine } from '../lines.ts';
import { stderr, stdout, writeJson } from '../terminal.ts';
import { bannedUnknown, noteOnUnknown, unknownPieces } from '../unknown.ts';
import type { TranslateArguments } from './settings.ts';

/** Lines that are translated together. */
const AT_ONCE = 64;

/**
 * Translates standard input line by line, as soon as lines are there, those that have come together in one go: a line
 * for each line, an empty one for an empty one. A line break within a translation is written as a space; with `json` it
 * stands as it is.
 */
export async function translateLines(
  translator: Translator,
  args: Pick<TranslateArguments, 'json' | 'beam' | 'alignments' | 'allowUnknown'>,
  input: AsyncIterable<Uint8Array> = process.stdin,
): Promise<void> {
  if (process.stdin.isTTY === true) stderr.write('Write a line, and it is translated; Ctrl-D ends it.\n');
  const splitter = new LineSplitter();
  const write = writer(translator, args);
  for await (const bytes of input) await write(splitter.push(bytes));
  await write(splitter.end());
}

function writer(
  translator: Translator,
  { json = false, beam, alignments, allowUnknown }: Parameters<typeof translateLines>[1],
): (lines: readonly string[]) => Promise<void> {
  const banned = bannedUnknown(translator.target, allowUnknown);
  const noted = new Set<string>();
  let count = 0;
  const unknownIn = (source: string): string[] => {
    count++;
    const unknown = unknownPieces(translator.source, source);
    const fresh = unknown.filter((piece) => !noted.has(piece));
    if (fresh.length > 0) stderr.write(`${noteOnUnknown(`line ${count}`, fresh)}\n`);
    for (const piece of fresh) noted.add(piece);
    return unknown;
  };
  return async (lines) => {
    for (let from = 0; from < lines.length; from += AT_ONCE) {
      const sources = lines.slice(from, from + AT_ONCE).map((line) => line.trim());
      const isEmpty = sources.map((source) => translator.source.encode(source).length === 0);
      const given = sources.filter((_, i) => !isEmpty[i]);
      const translations = await translate(translator, given, { beamWidth: beam, alignments, banned });
      for (const [i, source] of sources.entries()) {
        const unknown = unknownIn(source);
        const translation = isEmpty[i] ? undefined : (translations.shift() as Translation);
        if (json) writeJson({ event: 'translation', source, ...(translation ?? { text: '' }), unknown });
        else stdout.write(`${oneLine(translation?.text ?? '')}\n${pictureOf(translation?.alignment)}`);
      }
      await stdout.ready();
    }
  };
}

/** Lines that say where the model looked, and an empty one. */
function pictureOf(alignment: Alignment | undefined): string {
  if (alignment === undefined || alignment.target.length === 0) return '';
  const { source, target, weights } = alignment;
  const labels = { rows: 'translation', columns: 'source', values: 'weight' };
  const chart = heatMap({ title: '', rows: target, columns: source, values: weights, labels, from: 0, to: 1 });
  return `${toText(chart, { width: stdout.columns(), color: stdout.colours.isColorSupported })}\n\n`;
}
