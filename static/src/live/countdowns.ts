/*
 * Lets the targets on the page count down: <span class="sla" data-due="…" data-hours="3" data-state="running">…</span>, as
 * the server drew them (tickets/sla/countdown.py). Nobody is asked what time it is: the hours of the calendars come once,
 * and a target that counts in working time stands still outside of them. Each refetch brings the server's word again.
 */
import { text } from "../strings"

const EVERY = 1000
const KEPT = 10 * 60_000
const SPREAD = 1000
const TOPIC = "hours"
const LATE_ICON = "circle-minus"
type Periods = [number, number][] // seconds since 1970, working time only, in order
let hours: Record<string, Periods> = {}
let fetchedAt = -KEPT
let until: Record<string, number> = {}

/** Seconds that count between two moments (in seconds since 1970); all of them where no hours are given. */
export function counted(from: number, to: number, periods?: Periods): number {
  if (!periods) return to - from
  return periods.reduce((sum, [start, end]) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)), 0)
}

/** "45s", "12m", "1h 20m", "14h", "3d": as `short` on the server. */
export function shortly(seconds: number): string {
  const whole = Math.floor(seconds)
  if (whole < 60) return text("time.seconds", { n: whole })
  if (whole < 3600) return text("time.minutes", { n: Math.floor(whole / 60) })
  const n = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  if (n >= 48) return text("time.days", { n: Math.floor(n / 24) })
  return n < 10 && minutes
    ? `${text("time.hours", { n })} ${text("time.minutes", { n: minutes })}`
    : text("time.hours", { n })
}

export function updateCountdowns(now = new Date()): void {
  for (const target of document.querySelectorAll<HTMLElement>(".sla[data-due]")) draw(target, now.getTime() / 1000)
}

function draw(target: HTMLElement, now: number): void {
  const due = Date.parse(target.dataset.due ?? "") / 1000
  const by = target.dataset.hours ?? ""
  const periods = hours[by]
  // The hours are not here yet, or do not reach so far: the server's words stand until they do.
  if (by && (!periods || Math.max(due, now) > (until[by] ?? 0) || Math.min(due, now) < (periods[0]?.[0] ?? now))) return
  const isLate = due < now
  const left = counted(Math.min(due, now), Math.max(due, now), periods)
  const words = text(isLate ? "sla.late" : "sla.due", { metric: target.dataset.metric ?? "", left: shortly(left) })
  if (isLate && target.dataset.state !== "late") turnLate(target)
  set(target.querySelector(".left"), shortly(left))
  set(target.querySelector(".sr"), words)
}

function turnLate(target: HTMLElement): void {
  target.dataset.state = "late"
  target.classList.remove("tone-amber")
  target.classList.add("tone-red")
  const use = target.querySelector("use")
  use?.setAttribute("href", (use.getAttribute("href") ?? "").replace(/#.*/, `#${LATE_ICON}`))
}

function set(element: Element | null, words: string): void {
  if (element && element.textContent !== words) element.textContent = words
}

/** The calendars' working time of these weeks, when something on the page counts by it and what we have is old. */
async function fetchHours(cache: RequestCache = "default"): Promise<void> {
  if (performance.now() - fetchedAt < KEPT || !document.querySelector(".sla[data-hours]:not([data-hours=''])")) return
  fetchedAt = performance.now()
  const answer = await fetch("/agent/sla/hours/", { cache, headers: { Accept: "application/json" } }).catch(
    () => undefined,
  )
  if (!answer?.ok || answer.redirected) return
  const known = (await answer.json()) as { hours: Record<string, Periods>; until: number }
  hours = known.hours
  until = Object.fromEntries(Object.keys(hours).map((id) => [id, known.until]))
  updateCountdowns()
}

/** A calendar is different: what we have is fetched again, each page a little later than the other. */
function forgetHours(): void {
  fetchedAt = -KEPT
  setTimeout(() => void fetchHours("reload"), Math.random() * SPREAD)
}

export function keepCountdowns(): void {
  const keep = () => {
    if (document.hidden) return
    updateCountdowns()
    void fetchHours()
  }
  keep()
  setInterval(keep, EVERY)
  document.addEventListener("visibilitychange", keep)
  document.addEventListener("htmx:after:swap", keep)
  document.addEventListener("ot:resync", forgetHours)
  document.addEventListener("ot:changed", (event) => {
    if ((event as CustomEvent<{ topics: string[] }>).detail.topics.includes(TOPIC)) forgetHours()
  })
}

/** For tests: what the server would have told. */
export function knowHours(known: Record<string, Periods>, knownUntil: number): void {
  hours = known
  until = Object.fromEntries(Object.keys(known).map((id) => [id, knownUntil]))
}
