export function cacheFolder(): string
export function ensureTestbedPackages(): Promise<{ usr: string | undefined }>
export function ensureServicePackages(): Promise<{ usr: string | undefined }>
export function ensureBrowserPackages(): Promise<{ usr: string | undefined }>
export function ensureWidePackages(): Promise<{ usr: string | undefined }>
