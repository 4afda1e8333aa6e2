export { Refusal } from './refusal.ts';
export { type CellPackage, type WriteOptions, writeCell } from './write-cell.ts';
