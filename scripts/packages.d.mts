export interface Manifest {
  readonly folder: string;
  readonly name: string;
  readonly private?: boolean;
  readonly elman?: { readonly floor?: number };
}
export function readPackages(root: string): Manifest[];
