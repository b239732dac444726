export interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (reason: Error) => void
}

/** A promise and the means to settle it from outside. */
export function deferred<T = void>(): Deferred<T> {
  const handles: { resolve?: (value: T) => void; reject?: (reason: Error) => void } = {}
  const promise = new Promise<T>((resolve, reject) => {
    Object.assign(handles, { resolve, reject })
  })
  return {
    promise,
    resolve: (value) => handles.resolve?.(value),
    reject: (reason) => handles.reject?.(reason),
  }
}
