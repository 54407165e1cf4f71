/*
 * <ot-wallboard>: the board on the wall. It is fetched again when something has changed, at most every two seconds, and
 * every fifteen in any case, since time passes too. In between, waits go on counting. Its head says how old the numbers
 * are, and when the line is down. In full screen the screen is asked to stay awake.
 */
import { closest, define } from "../lib/dom"
import { shortly } from "../live/countdowns"
import { refreshFragment } from "../live/fragments"

const BOARD = "wallboard"
const AT_MOST_EVERY = 2_000
const SPREAD = 500
const AT_LEAST_EVERY = 15_000
const OLD_AFTER = 30
const TICK = 1_000

export class OtWallboard extends HTMLElement {
  private listening: AbortController | undefined
  private ticking: ReturnType<typeof setInterval> | undefined
  private waiting: ReturnType<typeof setTimeout> | undefined
  private askedAt = 0
  private drawnAt = 0
  private lock: WakeLockSentinel | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    this.drawnAt = performance.now()
    document.addEventListener("ot:changed", () => this.ask(), { signal })
    document.addEventListener("ot:refreshed", (event) => this.refreshed(event as CustomEvent<{ id: string }>), {
      signal,
    })
    document.addEventListener("visibilitychange", () => this.seen(), { signal })
    document.addEventListener("fullscreenchange", () => void this.screenChanged(), { signal })
    this.addEventListener("click", (event) => closest(event, "[data-fullscreen]") && void this.toggleScreen(), {
      signal,
    })
    this.addEventListener("change", (event) => closest<HTMLSelectElement>(event, "select")?.form?.requestSubmit(), {
      signal,
    })
    this.querySelector("[data-fullscreen]")?.toggleAttribute("hidden", !document.fullscreenEnabled)
    this.ticking = setInterval(() => this.tick(), TICK)
    this.tick()
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    clearInterval(this.ticking)
    clearTimeout(this.waiting)
  }

  /** Soon, but not before two seconds have passed since the last time, and not all boards at once. */
  private ask(): void {
    if (this.waiting || document.hidden) return
    const wait = Math.max(0, this.askedAt + AT_MOST_EVERY - performance.now()) + Math.random() * SPREAD
    this.waiting = setTimeout(() => {
      this.waiting = undefined
      this.askedAt = performance.now()
      refreshFragment(BOARD)
    }, wait)
  }

  private refreshed({ detail: { id } }: CustomEvent<{ id: string }>): void {
    if (id !== BOARD) return
    this.drawnAt = performance.now()
    this.tick()
  }

  private seen(): void {
    if (document.hidden) return
    this.ask()
    if (document.fullscreenElement) void this.stayAwake()
  }

  private tick(): void {
    const since = (performance.now() - this.drawnAt) / 1000
    for (const each of this.querySelectorAll<HTMLElement>("[data-waited]"))
      set(each, shortly(Number(each.dataset["waited"]) + since))
    for (const each of this.querySelectorAll<HTMLElement>("[data-left]"))
      set(each, shortly(Math.max(0, Number(each.dataset["left"]) - since)))
    this.sayAge(since)
    this.sayTime()
    if (since * 1000 > AT_LEAST_EVERY && performance.now() - this.askedAt > AT_LEAST_EVERY) this.ask()
  }

  /** The server's own clock says how old they were when they came; what has passed since is counted here. */
  private sayAge(since: number): void {
    const board = document.getElementById(BOARD)?.dataset ?? {}
    const age = Math.max(0, Number(board["now"]) - Number(board["at"])) + since
    const isOff = document.documentElement.dataset["live"] === "off"
    const state = isOff ? "off" : age > OLD_AFTER ? "old" : "fresh"
    const said = this.querySelector<HTMLElement>("[data-board-age]")
    if (!said) return
    // Read out once when it changes; the seconds are for the eye.
    said.parentElement?.setAttribute("aria-live", this.dataset["state"] === state ? "off" : "polite")
    this.dataset["state"] = state
    set(said, (said.dataset[state] ?? "").replace("{age}", shortly(age)))
  }

  private sayTime(): void {
    const clock = this.querySelector<HTMLElement>("[data-clock]")
    if (!clock) return
    const format = new Intl.DateTimeFormat(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
      timeZone: clock.dataset["zone"] ?? "UTC",
    })
    set(clock, format.format(new Date()))
  }

  private async toggleScreen(): Promise<void> {
    if (document.fullscreenElement) await document.exitFullscreen()
    else await document.documentElement.requestFullscreen()
  }

  private async screenChanged(): Promise<void> {
    const isFull = Boolean(document.fullscreenElement)
    this.querySelector("[data-fullscreen]")?.setAttribute("aria-pressed", String(isFull))
    if (isFull) return this.stayAwake()
    await this.lock?.release()
    this.lock = undefined
  }

  /** Not every browser can, and a battery that is low says no: the board is there all the same. */
  private async stayAwake(): Promise<void> {
    this.lock = await navigator.wakeLock?.request("screen").catch(() => undefined)
  }
}

function set(element: Element, words: string): void {
  if (element.textContent !== words) element.textContent = words
}

define("ot-wallboard", OtWallboard)
