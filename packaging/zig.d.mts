export const ROOT: string;
export const ZIG: string;
export function installTools(folder: string, ...options: string[]): void;
export function cacheFolder(name: string): string;
export function zigEnvironment(): NodeJS.ProcessEnv;
