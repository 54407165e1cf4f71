/* How long something has gone on: every [data-call-since] counts, by the second. */

let timer: ReturnType<typeof setInterval> | undefined

export function keepTicking(): void {
  timer ??= setInterval(tick, 1_000)
  tick()
}

export function tick(now = Date.now()): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-call-since]")) {
    const since = Date.parse(place.dataset["callSince"] ?? "")
    if (!Number.isNaN(since)) place.textContent = clock((now - since) / 1_000)
  }
}

/** 4:05, 1:00:00; never below nothing. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (value: number) => String(value).padStart(2, "0")
  const [hours, minutes, rest] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60]
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** The seconds that "4:05" or "1:00:00" says; undefined where it says something else. */
export function seconds(text: string): number | undefined {
  const read = /^(?:(\d{1,2}):)?(\d{1,4}):(\d{2})$/.exec(text.trim())
  if (!read) return undefined
  const [hours, minutes, rest] = read.slice(1).map((part) => Number(part ?? 0))
  return hours! * 3_600 + minutes! * 60 + rest!
}
