import { stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Translator } from '@elman/models';
import { startBackend } from './backend.ts';
import { Exit } from './exit.ts';
import { listenForInterrupt } from './interrupt.ts';
import { treatOutputAsLog } from './terminal.ts';
import { translateLines } from './translation/lines.ts';
import { loadTranslator } from './translation/load.ts';
import { humanReport, jsonReport } from './translation/report.ts';
import type { TranslateArguments } from './translation/settings.ts';
import { trainPairs } from './translation/train-pairs.ts';
import { expectThere } from './what-is-there.ts';

/** Trains on a file of pairs, if that is not done, or loads what a folder holds; then translates standard input. */
export async function translate(path: string, args: TranslateArguments): Promise<void> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  if (isFolder) await expectThere(path, 'a translator');
  const { name: backend } = await startBackend(args.backend);
  if (isFolder) return translateLines(await loadTranslator(path, args), args);
  const folder = args.out ?? join('runs', basename(path, extname(path)) || 'pairs');
  const report = args.json ? jsonReport() : humanReport();
  treatOutputAsLog(true);
  const interrupt = listenForInterrupt(() => report.interrupted());
  let translator: Translator | undefined;
  try {
    translator = await trainPairs(path, folder, args, backend, { signal: interrupt.signal, report });
    if (translator === undefined) report.stopped();
  } finally {
    report.close();
    interrupt.close();
  }
  const exitCode = interrupt.exitCode();
  if (exitCode !== undefined) throw new Exit(exitCode);
  if (translator === undefined) return;
  treatOutputAsLog(false);
  await translateLines(translator, args);
}
