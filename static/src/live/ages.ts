/*
 * Keeps the ages on the page true: <time datetime="…" data-style="age">4m</time>, as the server wrote them. Runs on a
 * slow clock and after each swap. Ages of days keep the server's words; only one that crosses midnight here changes.
 */
import { language, text } from "../strings"

const EVERY = 30_000
const MINUTE = 60
const HOUR = 60 * MINUTE
const counting = new WeakSet<Element>()

/** "now", "4m", "3h"; `undefined` once it is a matter of days. The same steps as `short_age` on the server. */
export function shortAge(at: Date, now: Date): string | undefined {
  const seconds = (now.getTime() - at.getTime()) / 1000
  if (seconds < 45) return text("time.now")
  if (seconds < HOUR) return text("time.minutes", { n: Math.max(1, Math.round(seconds / MINUTE)) })
  if (at.toDateString() === now.toDateString() || seconds < 6 * HOUR)
    return text("time.hours", { n: Math.round(seconds / HOUR) })
  return undefined
}

/** "20 sec ago", "3 min ago", in the reader's language: for a sentence. */
export function longAge(at: Date, now: Date): string {
  const seconds = Math.max(1, Math.round((now.getTime() - at.getTime()) / 1000))
  const words = new Intl.RelativeTimeFormat(language(), { style: "short" })
  if (seconds < MINUTE) return words.format(-seconds, "second")
  return seconds < HOUR
    ? words.format(-Math.floor(seconds / MINUTE), "minute")
    : words.format(-Math.floor(seconds / HOUR), "hour")
}

function day(at: Date, language: string): string {
  return new Intl.DateTimeFormat(language, { day: "numeric", month: "short" }).format(at)
}

export function updateAges(now = new Date()): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-style=age][datetime]")) {
    const at = new Date(time.dateTime)
    const age = shortAge(at, now)
    if (age) counting.add(time)
    else if (!counting.delete(time)) continue
    const words = age ?? day(at, language())
    if (time.textContent !== words) time.textContent = words
  }
}

export function keepAges(): void {
  setInterval(updateAges, EVERY)
  document.addEventListener("htmx:after:swap", () => updateAges())
}
