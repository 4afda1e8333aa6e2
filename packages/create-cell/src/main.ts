import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Refusal } from './refusal.ts';
import { summaryOf, writeCell } from './write-cell.ts';

const USAGE = 'usage: npm create @elman/cell NAME [-- --out FOLDER]';

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) {
    throw new Refusal(`expected one name, got ${positionals.join(' ') || 'none'}; ${USAGE}`);
  }
  const folderOf = (cell: string): string => resolve(values.out ?? cell);
  const written = writeCell({ name, folderOf });
  const folder = relative(process.cwd(), written.folder) || '.';
  process.stdout.write(summaryOf(written, [`cd ${folder}`, 'npm install', 'npm test', 'npm run build']));
} catch (error) {
  const { code = '', syscall, message } = error as NodeJS.ErrnoException;
  if (!(error instanceof Refusal) && !code.startsWith('ERR_PARSE_ARGS') && syscall === undefined) throw error;
  process.stderr.write(`create-cell: ${message.split('\n')[0]}\n`);
  process.exitCode = 1;
}
