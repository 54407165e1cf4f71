/* How long somebody has been waiting, counted up: <span class="cwait" data-since="…">, with a tone for its age. */
import { shortly } from "../live/countdowns"
import { word } from "./words"

const EVERY = 1_000
/** Seconds from which a wait is long, and too long. */
const LONG = 60
const TOO_LONG = 180

export function updateWaits(now = Date.now()): void {
  for (const wait of document.querySelectorAll<HTMLElement>("[data-since].cwait")) {
    const since = Date.parse(wait.dataset["since"] ?? "")
    if (Number.isNaN(since)) {
      wait.textContent = ""
      continue
    }
    const seconds = Math.max(0, (now - since) / 1000)
    const words = shortly(seconds)
    if (wait.textContent !== words) wait.textContent = words
    const tone = seconds >= TOO_LONG ? "tone-red" : seconds >= LONG ? "tone-amber" : "tone-slate"
    if (!wait.classList.contains(tone)) {
      wait.classList.remove("tone-red", "tone-amber", "tone-slate")
      wait.classList.add(tone)
      wait.setAttribute("aria-label", word("waits", { time: words }))
    }
  }
}

export function keepWaits(signal: AbortSignal): void {
  updateWaits()
  const timer = setInterval(() => !document.hidden && updateWaits(), EVERY)
  signal.addEventListener("abort", () => clearInterval(timer))
  for (const name of ["ot:refreshed", "htmx:after:swap", "visibilitychange"])
    document.addEventListener(name, () => updateWaits(), { signal })
}
