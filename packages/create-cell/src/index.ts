export { Refusal } from './refusal.ts';
export { type CellPackage, summaryOf, type WriteOptions, writeCell } from './write-cell.ts';
