/** How much there is or was. */
export interface Amount {
  readonly messages: number
  readonly bytes: number
}
