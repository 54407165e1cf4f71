/* The panel's words, in the language of its buttons: channels_app/chat/words.py has them all. */

let words: Record<string, string> = {}
let language = "en"

/** Times and numbers as the visitor's own region writes them, where it speaks the same language. */
export function speak(its: Record<string, string>, inLanguage: string): void {
  words = its
  language = navigator.languages.find((one) => one.startsWith(inLanguage)) ?? inLanguage
}

export function t(key: string, given: Record<string, string | number> = {}): string {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(given[name] ?? whole))
}

const inUnits = (amount: number, unit: string, unitDisplay: "long" | "short"): string =>
  new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay, maximumFractionDigits: 1 }).format(amount)

/** "3 minutes": rounded up, because it is better to be called sooner than one was told. */
export const minutes = (seconds: number): string =>
  seconds < 45 ? t("seconds") : inUnits(Math.ceil(seconds / 60), "minute", "long")

export const clock = (at: string): string =>
  new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(new Date(at))

/** With its name; today is "" and needs none. */
export const day = (at: string): string =>
  !at || new Date(at).toDateString() === new Date().toDateString()
    ? ""
    : new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" }).format(new Date(at))

/** "tomorrow at 09:00", or with its day. */
export function when(at: string, now: Date): string {
  const moment = new Date(at)
  const days = Math.round((midnight(moment) - midnight(now)) / 86_400_000)
  if (days === 0) return clock(at)
  if (days !== 1)
    return new Intl.DateTimeFormat(language, { weekday: "long", hour: "2-digit", minute: "2-digit" }).format(moment)
  return `${new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(1, "day")}, ${clock(at)}`
}

const midnight = (moment: Date): number => new Date(moment).setHours(0, 0, 0, 0)

export const size = (bytes: number): string =>
  bytes < 1e6 ? inUnits(bytes / 1e3, "kilobyte", "short") : inUnits(bytes / 1e6, "megabyte", "short")
