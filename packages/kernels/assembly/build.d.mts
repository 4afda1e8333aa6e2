export const target: string;
export function modulesText(): Promise<string>;
