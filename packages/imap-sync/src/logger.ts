/** Four methods; pino fits. Fields never hold secrets or message bodies. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

const nothing = () => {}

/** The default: libraries are silent. */
export const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }
