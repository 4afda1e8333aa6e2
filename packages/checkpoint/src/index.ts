export { crc32 } from './crc32.ts';
export { type DecodeOptions, decodeSafetensors, type Safetensors, type StoredTensor } from './decode.ts';
export type { Values } from './dtypes.ts';
export { type EncodeOptions, encodeSafetensors, type Metadata } from './encode.ts';
export { type HttpStorageOptions, httpStorage } from './http.ts';
export { type LoadOptions, loadInto } from './load.ts';
export { type LoadInitOptions, loadInit } from './load-init.ts';
export { memoryStorage, type Storage } from './storage.ts';
export {
  completeSave,
  type Files,
  previousName,
  readTogether,
  savedTogether,
  type WriteOptions,
  writeTogether,
} from './together.ts';
