/*
 * <ot-filter><button popovertarget="list-filter">…</button><div id="list-filter" popover data-src="…"></div></ot-filter>
 * The filter of a list: fetched when it is first opened, placed at its button, and ready to be typed into.
 */
import htmx from "htmx.org"
import { define } from "../lib/dom"
import { followAnchor } from "../lib/popover"

const FIRST = "select, input:not([type=hidden]), button"

export class OtFilter extends HTMLElement {
  private listening: AbortController | undefined
  private stopFollowing: (() => void) | undefined

  connectedCallback(): void {
    const box = this.querySelector<HTMLElement>("[popover]")
    const trigger = this.querySelector<HTMLElement>("[popovertarget]")
    if (!box || !trigger) return
    this.listening = new AbortController()
    const toggled = (event: Event) => void this.toggled((event as ToggleEvent).newState === "open", box, trigger)
    box.addEventListener("toggle", toggled, { signal: this.listening.signal })
    if (box.matches(":popover-open")) void this.toggled(true, box, trigger) // opened before this code was here
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    this.stopFollowing?.()
  }

  private async toggled(open: boolean, box: HTMLElement, trigger: HTMLElement): Promise<void> {
    trigger.setAttribute("aria-expanded", String(open))
    this.stopFollowing?.()
    this.stopFollowing = undefined
    if (!open) return
    if (!box.childElementCount) {
      await Promise.all([
        htmx.ajax("GET", box.dataset["src"] ?? "", { source: box, target: box, swap: "innerHTML" }),
        import("./ot-conditions"),
      ])
    }
    this.stopFollowing = followAnchor(box, trigger)
    focusFirst(box)
  }
}

/** The newest row's field; where there is no row yet, the button that adds one is pressed for the reader. */
function focusFirst(box: HTMLElement): void {
  const conditions = box.querySelector<HTMLElement>(".conditions")
  const add = conditions?.querySelector<HTMLElement>(".cadd button")
  if (conditions && !conditions.querySelector(".cond")) add?.click()
  else (conditions?.querySelector<HTMLElement>(FIRST) ?? box.querySelector<HTMLElement>(FIRST))?.focus()
}

define("ot-filter", OtFilter)
