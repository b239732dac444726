/** Four methods; pino fits. Fields never hold secrets. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

function nothing(): void {}

/** The default: a library is silent. */
export const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }
