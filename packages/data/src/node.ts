/** Functions that read files, for Node alone. */
export { decodeText } from './decode-text.ts';
export { type Corpus, type CorpusName, corpusNames, readCorpus } from './read-corpus.ts';
export { readText } from './read-text.ts';
