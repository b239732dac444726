export function cacheFolder(): string
export function ensureTestbedPackages(): Promise<{ usr: string | undefined }>
