import { makeWorkspace, type Workspace } from '../src/simd/workspace.ts';

const variants = ['simd4x8', 'fma4x8', 'fma6x8', 'fma6x16'] as const;

/** An engine on every variant of WebAssembly that runs here, with guard zones between its blocks; the plain one must run. */
export function onWorkspaces<Engine>(make: (workspace: Workspace) => Engine): (readonly [string, Engine])[] {
  const workspaces = variants.map((name) => [name, makeWorkspace(name, { guarded: true })] as const);
  if (workspaces[0]?.[1] === undefined) throw new Error('WebAssembly SIMD does not run here');
  return workspaces.flatMap(([name, workspace]) => (workspace ? [[name, make(workspace)] as const] : []));
}
