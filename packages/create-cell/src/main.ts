import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Refusal } from './refusal.ts';
import { writeCell } from './write-cell.ts';

const USAGE = 'usage: npm create @elman/cell NAME [-- --out FOLDER]';

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) {
    throw new Refusal(`expected one name, got ${positionals.join(' ') || 'none'}; ${USAGE}`);
  }
  const folderOf = (cell: string): string => resolve(values.out ?? cell);
  const { folder, files, cell, packageName } = writeCell({ name, folderOf });
  const steps = [`cd ${relative(process.cwd(), folder) || '.'}`, 'npm install', 'npm test', 'npm run build'];
  process.stdout.write(
    `Wrote ${folder} (${files.length} files): a cell called ${cell}, with its equations to be changed.
Next:
${steps.map((step) => `  ${step}`).join('\n')}
Where it is installed beside @elman/cli: elman train my-text.txt --cell ${packageName}
`,
  );
} catch (error) {
  const { code = '', syscall, message } = error as NodeJS.ErrnoException;
  if (!(error instanceof Refusal) && !code.startsWith('ERR_PARSE_ARGS') && syscall === undefined) throw error;
  process.stderr.write(`create-cell: ${message.split('\n')[0]}\n`);
  process.exitCode = 1;
}
