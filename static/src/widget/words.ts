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

/** "3 minutes": rounded up, because it is better to be called sooner than one was told. */
export function minutes(seconds: number): string {
  if (seconds < 45) return t("seconds")
  const count = Math.ceil(seconds / 60)
  const one = new Intl.PluralRules(language).select(count) === "one"
  return t(one ? "minutes_one" : "minutes_other", { count })
}

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

export function size(bytes: number): string {
  const [amount, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"]
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 }).format(amount)
}
