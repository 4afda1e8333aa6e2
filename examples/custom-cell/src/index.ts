export { type MinGruOptions, type MinGruParams, type MinGruState, minGru } from './min-gru.ts';
