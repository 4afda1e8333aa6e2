import { makeWorkspace, type Workspace } from '../src/simd/workspace.ts';

/** An engine on every kind of WebAssembly that runs here, with guards between its blocks; the plain kind must. */
export function onWorkspaces<Engine>(make: (workspace: Workspace) => Engine): (readonly [string, Engine])[] {
  const plain = makeWorkspace('simd', { guarded: true });
  if (plain === undefined) throw new Error('WebAssembly SIMD does not run here');
  const fused = makeWorkspace('simd+fma', { guarded: true });
  return [['simd', make(plain)] as const, ...(fused ? [['simd+fma', make(fused)] as const] : [])];
}
