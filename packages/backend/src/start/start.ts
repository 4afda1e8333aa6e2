/** Where the wasm backend's binaries are: a folder's address ending in a slash, or the address of each file. */
export type WasmPaths =
  | string
  | {
      readonly 'tfjs-backend-wasm.wasm': string;
      readonly 'tfjs-backend-wasm-simd.wasm': string;
      readonly 'tfjs-backend-wasm-threaded-simd.wasm': string;
    };

/** What a backend may need to start. */
export interface StartOptions {
  readonly wasmPaths?: WasmPaths | undefined;
}

/** That a backend's code is loaded and it may be started, or why not. */
export type Start =
  | {
      readonly possible: true;
      /** What stands behind it, or what says so once it is active, where there is more to say than its name. */
      readonly device?: string | (() => string) | undefined;
      /** Why not to take it unless it is asked for. */
      readonly caution?: string | undefined;
    }
  | { readonly possible: false; readonly reason: string };

/** An error in one line, for a reason. */
export function oneLine(error: unknown): string {
  const message = (error as { message?: unknown } | null)?.message ?? error;
  const [line = ''] = String(message).trim().split('\n');
  return line.replace(/\.$/, '');
}

/** The names under which renderers give away that there is no graphics processor behind them. */
export const isSoftware = (renderer: string): boolean =>
  /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i.test(renderer);
