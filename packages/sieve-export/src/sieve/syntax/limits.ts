/** What a script may ask of this package. The defaults are the limits that Pigeonhole compiles in, except `maxBytes`. */
export interface SieveLimits {
  /** Default 4 MiB; servers take 1 MiB unless configured otherwise. */
  readonly maxBytes: number
  /** Blocks in blocks. Default 31. */
  readonly maxBlockDepth: number
  /** Tests in tests. Default 31. */
  readonly maxTestDepth: number
  /** Arguments of one command or test. Default 32. */
  readonly maxArguments: number
  /** Commands, tests, arguments, list items and comments together. Default 400,000. */
  readonly maxNodes: number
}

export const defaultLimits: SieveLimits = {
  maxBytes: 4 * 1024 * 1024,
  maxBlockDepth: 31,
  maxTestDepth: 31,
  maxArguments: 32,
  maxNodes: 400_000,
}
