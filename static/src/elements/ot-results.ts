/*
 * <ot-results><ul><li id="r12"><a href="/agent/tickets/12/">…: search results under the keyboard. j/k and the arrows walk
 * from result to result, Enter opens. On the way back from a ticket the page is where it was, at the result that was
 * opened: a page's own scroll is kept by browsers, that of a part of it is not.
 */
import { closest, define } from "../lib/dom"
import { isSingleKey, meantKey } from "../lib/keys"

const STEPS: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }
const PREFIX = "ot:results:"

interface Place {
  top: number
  opened?: string | undefined
}

export class OtResults extends HTMLElement {
  private listening: AbortController | undefined
  private opened: string | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    document.addEventListener("keydown", (event) => this.pressed(event), { signal })
    this.addEventListener("click", (event) => (this.opened = closest(event, "li")?.id), { signal })
    addEventListener("pagehide", () => this.save(), { signal })
    if (isReturn()) this.restore()
  }

  disconnectedCallback(): void {
    this.listening?.abort()
  }

  private pressed(event: KeyboardEvent): void {
    const step = STEPS[meantKey(event)]
    if (!step || !isSingleKey(event)) return
    const links = [...this.querySelectorAll<HTMLElement>("li > a")]
    const at = links.findIndex((link) => link === document.activeElement)
    const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step]
    if (!next) return
    event.preventDefault()
    next.focus()
    next.scrollIntoView({ block: "nearest" })
  }

  private get scroller(): HTMLElement | null {
    return this.closest<HTMLElement>(".scrollpage")
  }

  private save(): void {
    const place: Place = { top: this.scroller?.scrollTop ?? 0, opened: this.opened }
    try {
      sessionStorage.setItem(PREFIX + location.search, JSON.stringify(place))
    } catch (error) {
      console.warn("the place in the results could not be kept", error)
    }
  }

  private restore(): void {
    const place = read(PREFIX + location.search)
    if (!place) return
    const opened = place.opened ? document.getElementById(place.opened) : null
    opened?.setAttribute("aria-current", "true")
    opened?.querySelector("a")?.focus({ preventScroll: true })
    if (this.scroller) this.scroller.scrollTop = place.top
  }
}

function isReturn(): boolean {
  const [entry] = performance.getEntriesByType?.("navigation") ?? []
  return ["reload", "back_forward"].includes((entry as PerformanceNavigationTiming | undefined)?.type ?? "")
}

function read(key: string): Place | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null") ?? undefined
  } catch (error) {
    console.warn("the place in the results could not be read", error)
    return undefined
  }
}

define("ot-results", OtResults)
