/**
 * The day on which it is this instant where the operator is, as users and their hoster would say it, so many days later:
 * `2026-11-30`. Pure but for the machine's time zone.
 */
export function localDay(instant: Date, daysLater = 0): string {
  // By the calendar, not in steps of 24 hours: a day on which the clocks change has another length.
  const day = new Date(instant.getFullYear(), instant.getMonth(), instant.getDate() + daysLater)
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
