/* "2m", "3h", "Yesterday", "12 Nov" in lists; "2 minutes ago" in prose. Pure: the clock is passed in. */

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export function shortTime(at: Date, now: Date, language: string): string {
  const seconds = Math.max(0, (now.getTime() - at.getTime()) / 1000)
  if (at > now && at.getTime() - now.getTime() > MINUTE * 1000) return dayOf(at, now, language)
  if (seconds < HOUR) return unit(Math.max(1, Math.floor(seconds / MINUTE)), "minute", language)
  if (seconds < DAY && daysBetween(at, now) === 0) return unit(Math.floor(seconds / HOUR), "hour", language)
  if (daysBetween(at, now) === 1) return capital(new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-1, "day"), language)
  return dayOf(at, now, language)
}

export function longTime(at: Date, now: Date, language: string): string {
  const seconds = (at.getTime() - now.getTime()) / 1000
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" })
  const size = Math.abs(seconds)
  if (size < MINUTE) return format.format(0, "second")
  if (size < HOUR) return format.format(Math.trunc(seconds / MINUTE), "minute")
  if (size < DAY) return format.format(Math.trunc(seconds / HOUR), "hour")
  if (size < 7 * DAY) return format.format(-daysBetween(at, now), "day")
  return dayOf(at, now, language)
}

function unit(value: number, name: "minute" | "hour", language: string): string {
  return new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "narrow" }).format(value)
}

function dayOf(at: Date, now: Date, language: string): string {
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: "numeric" as const }
  return new Intl.DateTimeFormat(language, { day: "numeric", month: "short", ...year }).format(at)
}

function daysBetween(at: Date, now: Date): number {
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
  return Math.round((midnight(now) - midnight(at)) / (DAY * 1000))
}

function capital(words: string, language: string): string {
  return words.charAt(0).toLocaleUpperCase(language) + words.slice(1)
}
