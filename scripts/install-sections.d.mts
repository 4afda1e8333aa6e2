export const ON_NPM: boolean;
export function readmes(): { readonly file: string; readonly name: string | undefined }[];
export function withInstallSections(
  text: string,
  options?: { readonly name?: string | undefined; readonly onNpm?: boolean },
): string;
export function installOutside(folder: string, names: readonly string[], onNpm?: boolean): string[];
