export { type BackendName, backendNames } from './names.ts';
export { type BackendReport, probeBackends } from './probe.ts';
export { defaultOrder, type PassedOver, type Selection, type SelectOptions, selectBackend } from './select.ts';
export type { StartOptions, WasmPaths } from './start/start.ts';
