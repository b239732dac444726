const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** `0 B`, `1.5 MiB`, `20 GiB`: three significant digits, binary units as quotas are counted. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  // 1023.5 would round to 1024 of the smaller unit.
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  const text = value.toFixed(digits)
  return `${text.includes('.') ? text.replace(/\.?0+$/, '') : text} ${units[unit] ?? ''}`
}

/** `12,345`. */
export function formatCount(number: number): string {
  return number.toLocaleString('en')
}

/** `0:07`, `12:30`, `3:05:00`, `2d 04:00:00`: a length of time, whole seconds. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(Math.round(milliseconds / 1000), 0)
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor((seconds % 86_400) / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  const rest = two(seconds % 60)
  if (days > 0) return `${days}d ${two(hours)}:${two(minutes)}:${rest}`
  if (hours > 0) return `${hours}:${two(minutes)}:${rest}`
  return `${minutes}:${rest}`
}

/** `2026-11-24 21:05`, local time: what an admin compares with the clock on the wall. */
export function formatTime(time: Date): string {
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`
}

/** `21:05:09`, local time: a moment within this hour. */
export function formatClock(time: Date): string {
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
