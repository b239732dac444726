export interface Deferred {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (reason: Error) => void
}

/** A promise with its handles outside. */
export function deferred(): Deferred {
  const handles: { resolve?: () => void; reject?: (reason: Error) => void } = {}
  const promise = new Promise<void>((resolve, reject) => {
    Object.assign(handles, { resolve, reject })
  })
  return {
    promise,
    resolve: () => handles.resolve?.(),
    reject: (reason) => handles.reject?.(reason),
  }
}
