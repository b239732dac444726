/** A day without a time of day: the same wherever it is read. */
export class CalendarDay {
  /** Midnight of that day in UTC, for formatting with `timeZone: 'UTC'`. */
  readonly utc: Date

  constructor(isoDay: string) {
    this.utc = new Date(`${isoDay}T00:00:00Z`)
  }

  toString(): string {
    return this.utc.toISOString().slice(0, 10)
  }
}
