export { type LstmOptions, type LstmParams, type LstmState, lstm } from './lstm.ts';
