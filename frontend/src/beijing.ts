/** Times as people here read them. China has kept UTC+8 without summer time since 1992: the offset is fixed. */

const EIGHT_HOURS_MS = 8 * 3600_000

/** Write a moment as `2026-07-02 00:05:09` in Beijing time. */
export function beijing(ms: number): string {
  return new Date(ms + EIGHT_HOURS_MS).toISOString().slice(0, 19).replace('T', ' ')
}

/** Write the time of day, `00:05`. */
export function clockTime(ms: number): string {
  return beijing(ms).slice(11, 16)
}

/** Write day and time, `07-02 00:05`. */
export function dayTime(ms: number): string {
  return beijing(ms).slice(5, 16)
}

/** Read what a date-time field holds (`2026-07-02T00:05`, Beijing time); null when it is no time. */
export function fromField(text: string): number | null {
  const ms = Date.parse(`${text.slice(0, 16)}:00+08:00`)
  return Number.isNaN(ms) ? null : ms
}

/** Write a moment for a date-time field. */
export function toField(ms: number): string {
  return beijing(ms).slice(0, 16).replace(' ', 'T')
}
