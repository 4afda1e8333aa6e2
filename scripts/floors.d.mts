export function forbiddenImports(root: string): string[];
