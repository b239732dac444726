/** Base of everything that this package throws. Messages hold no secret and no unbounded text of a peer. */
export abstract class SieveExportError extends Error {
  override readonly name: string = 'SieveExportError'
  /** Which decision the caller has to make; see the subclasses. */
  abstract readonly code: string
}
