/*
 * <ot-menu><button popovertarget="more">…</button>
 *   <div id="more" class="menu" popover role="menu"><button class="mi" role="menuitem">…</button></div></ot-menu>
 * A menu on the platform's popover: placed at its button, moved through with the arrows, Home, End and first letters.
 * Escape and a click outside close it and give the focus back; that part is the browser's.
 */
import { closest, define } from "../lib/dom"
import { focusOnOpening, followAnchor } from "../lib/popover"

const ITEMS = "[role^=menuitem]:not([disabled]), a.mi, button.mi:not([disabled])"

export class OtMenu extends HTMLElement {
  private listening: AbortController | undefined
  private stopFollowing: (() => void) | undefined

  connectedCallback(): void {
    const menu = this.querySelector<HTMLElement>("[popover]")
    const trigger = this.querySelector<HTMLElement>("[popovertarget]")
    if (!menu || !trigger) return
    this.listening = new AbortController()
    const { signal } = this.listening
    menu.addEventListener(
      "beforetoggle",
      (event) => (event as ToggleEvent).newState === "open" && focusOnOpening(menu, menu.querySelector(ITEMS)),
      { signal },
    )
    menu.addEventListener("toggle", (event) => this.toggled(event as ToggleEvent, menu, trigger), { signal })
    menu.addEventListener("keydown", (event) => this.pressed(event, menu), { signal })
    menu.addEventListener("click", (event) => closest(event, ITEMS) && menu.hidePopover(), { signal })
    trigger.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return
        event.preventDefault()
        menu.showPopover()
      },
      { signal },
    )
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    this.stopFollowing?.()
  }

  private toggled(event: ToggleEvent, menu: HTMLElement, trigger: HTMLElement): void {
    const open = event.newState === "open"
    trigger.setAttribute("aria-expanded", String(open))
    this.stopFollowing?.()
    this.stopFollowing = open ? followAnchor(menu, trigger) : undefined
  }

  private pressed(event: KeyboardEvent, menu: HTMLElement): void {
    const items = [...menu.querySelectorAll<HTMLElement>(ITEMS)]
    const at = items.indexOf(document.activeElement as HTMLElement)
    const next = this.nextItem(event.key, items, at)
    if (!next) return
    event.preventDefault()
    next.focus()
  }

  private nextItem(key: string, items: HTMLElement[], at: number): HTMLElement | undefined {
    if (key === "ArrowDown") return items[(at + 1) % items.length]
    if (key === "ArrowUp") return items.at(at <= 0 ? -1 : at - 1)
    if (key === "Home") return items[0]
    if (key === "End") return items.at(-1)
    if (key.length !== 1 || key === " ") return undefined
    const fromHere = [...items.slice(at + 1), ...items.slice(0, at + 1)]
    return fromHere.find((item) => item.textContent?.trim().toLocaleLowerCase().startsWith(key.toLocaleLowerCase()))
  }
}

define("ot-menu", OtMenu)
