/** A daily span of local time. `from` is inside, `to` is not; a span with `to` before `from` reaches over midnight. */
export interface HoursRange {
  /** Minutes after midnight, 0 to 1439. */
  readonly from: number
  /** Minutes after midnight, 1 to 1440. */
  readonly to: number
}
