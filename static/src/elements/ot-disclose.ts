/*
 * <ot-disclose id="details" data-state="ctx" data-below="1240">…</ot-disclose>
 *   with <button data-toggle="details" aria-controls="details">
 * A panel that can be put away. On a wide window it is part of the page (`html[data-ctx=on|off]`, remembered in a
 * cookie); narrower than `data-below` pixels it is a drawer (`html[data-drawer="details"]`): Escape, a click outside or
 * `[data-close-drawer]` closes it, and the focus goes back to where it came from.
 */
import { writeCookie } from "../lib/cookies"
import { closest, define } from "../lib/dom"

const root = document.documentElement

export class OtDisclose extends HTMLElement {
  private listening: AbortController | undefined
  private narrow: MediaQueryList | undefined
  private cameFrom: HTMLElement | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    this.narrow = matchMedia(`(width < ${Number(this.dataset["below"] ?? 0)}px)`)
    this.narrow.addEventListener("change", () => this.widthChanged(), { signal })
    document.addEventListener("click", (event) => this.clicked(event), { signal })
    document.addEventListener("keydown", (event) => this.pressed(event), { signal })
    document.addEventListener("htmx:after:swap", () => this.showState(), { signal })
    this.showState()
  }

  disconnectedCallback(): void {
    this.listening?.abort()
  }

  open(): void {
    if (!this.isOpen) this.set(true, document.activeElement instanceof HTMLElement ? document.activeElement : undefined)
  }

  private get isOpen(): boolean {
    return this.isDrawer ? root.dataset["drawer"] === this.id : root.dataset[this.state] !== "off"
  }

  private get isDrawer(): boolean {
    return this.narrow?.matches ?? false
  }

  private get state(): string {
    return this.dataset["state"] ?? this.id
  }

  private clicked(event: Event): void {
    const toggle = closest(event, `[data-toggle="${this.id}"]`)
    if (toggle) {
      event.preventDefault()
      this.set(!this.isOpen, toggle)
    } else if (this.isDrawer && this.isOpen) {
      const outside =
        event.target instanceof Node && !this.contains(event.target) && !closest(event, "[popover], dialog")
      if (outside || closest(event, "[data-close-drawer]")) this.set(false)
    }
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented || !this.isDrawer || !this.isOpen) return
    if (document.querySelector(":popover-open, dialog[open]")) return
    event.preventDefault()
    this.set(false)
  }

  private set(open: boolean, toggle?: HTMLElement): void {
    if (this.isDrawer) this.setDrawer(open, toggle)
    else {
      root.dataset[this.state] = open ? "on" : "off"
      writeCookie(this.state, open ? "on" : "off")
    }
    this.showState()
  }

  private setDrawer(open: boolean, toggle?: HTMLElement): void {
    if (open) {
      root.dataset["drawer"] = this.id
      this.cameFrom = toggle
      this.querySelector<HTMLElement>("a[href], button, input, [tabindex]")?.focus()
    } else {
      delete root.dataset["drawer"]
      this.cameFrom?.focus()
    }
  }

  private widthChanged(): void {
    if (root.dataset["drawer"] === this.id) delete root.dataset["drawer"]
    this.showState()
  }

  private showState(): void {
    for (const toggle of document.querySelectorAll(`[data-toggle="${this.id}"]`)) {
      toggle.setAttribute("aria-expanded", String(this.isOpen))
    }
  }
}

define("ot-disclose", OtDisclose)
