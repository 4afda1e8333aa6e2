import { packagesToTrust } from '@elman/models';
import { explain } from '@elman/rnn';
import type { AnyCell } from './cell.ts';
import { warn } from './terminal.ts';

/** Warns of a cell of others whose step is not compiled, with the line that is why: nothing else shows why it is slow. */
export function warnUncompiled(cell: AnyCell): void {
  if (packagesToTrust(cell).length === 0) return;
  const { reason } = explain(cell, { batchSize: 2, time: 2 });
  if (reason === undefined) return;
  const at = reason.line === undefined ? '' : ` at ${reason.line}`;
  warn(`${cell.name}: not compiled, so it is slow: ${reason.op}${at}: ${reason.message}`);
}
