export { anbn } from './anbn.ts';
export { anbncn } from './anbncn.ts';
export { type DyckWordsOptions, dyckWords } from './dyck-words.ts';
