/*
 * <ot-order><div data-item [data-url="…/position/"]><span class="grip">…</span> … [<button data-step="-1">]</div></ot-order>
 * Items in an order of one's own: dragged by the grip, moved by the buttons, or with Alt and the arrows from anywhere
 * in an item; the focus stays. An item with an address posts its new place there, and the answer is morphed over the
 * closest live fragment; without one the order is what a form sends, and `change` tells of it.
 */
import htmx from "htmx.org"
import { closest, define, h } from "../lib/dom"
import { text } from "../strings"

export class OtOrder extends HTMLElement {
  private listening: AbortController | undefined
  private dragged: HTMLElement | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    this.addEventListener("click", (event) => this.stepped(event), { signal })
    this.addEventListener("keydown", (event) => this.pressed(event), { signal })
    this.addEventListener("pointerdown", (event) => this.grabbed(event), { signal })
    this.addEventListener("pointermove", (event) => this.moved(event), { signal })
    this.addEventListener("pointerup", () => this.dropped(), { signal })
    this.addEventListener("pointercancel", () => this.dropped(), { signal })
  }

  disconnectedCallback(): void {
    this.listening?.abort()
  }

  private get items(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(":scope > [data-item]")]
  }

  /** The item of this list that an event came from; what happens in a list inside an item is that list's. */
  private itemOf(element: Element | null): HTMLElement | undefined {
    if (element?.closest("ot-order") !== this) return undefined
    return element.closest<HTMLElement>("[data-item]") ?? undefined
  }

  private stepped(event: Event): void {
    const control = closest<HTMLButtonElement>(event, "button[data-step]")
    const item = this.itemOf(control)
    if (control && item) this.step(item, Number(control.dataset["step"]), control)
  }

  private pressed(event: KeyboardEvent): void {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    const item = by && event.altKey ? this.itemOf(event.target as Element) : undefined
    if (!by || !item || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    event.stopPropagation()
    this.step(item, by, document.activeElement as HTMLElement | null)
  }

  private step(item: HTMLElement, by: number, focused: HTMLElement | null): void {
    const items = this.items
    const beside = items[items.indexOf(item) + by]
    if (!beside) return
    if (by < 0) beside.before(item)
    else beside.after(item)
    focused?.focus() // what is moved about in the page loses it
    this.settle(item)
  }

  private grabbed(event: PointerEvent): void {
    const item = this.itemOf(closest(event, ".grip"))
    if (!item || event.button !== 0) return
    event.preventDefault()
    this.dragged = item
    item.classList.add("is-dragged")
    this.setPointerCapture?.(event.pointerId)
  }

  private moved(event: PointerEvent): void {
    const item = this.dragged
    if (!item) return
    const below = this.items.find((other) => other !== item && middle(other) > event.clientY)
    if (below === item.nextElementSibling) return
    if (below) below.before(item)
    else this.items.at(-1)?.after(item)
  }

  private dropped(): void {
    const item = this.dragged
    if (!item) return
    this.dragged = undefined
    item.classList.remove("is-dragged")
    this.settle(item)
  }

  private settle(item: HTMLElement): void {
    this.say(item)
    const { url } = item.dataset
    if (!url) {
      this.dispatchEvent(new Event("change", { bubbles: true }))
      return
    }
    const target = this.closest<HTMLElement>("[data-live][id]")
    const values = { place: String(this.items.indexOf(item)) }
    void htmx.ajax("POST", url, {
      source: item,
      values,
      swap: target ? "outerMorph" : "none",
      ...(target && { target: `#${target.id}` }),
    })
  }

  /** For those who don't see it: "2 of 5". */
  private say(item: HTMLElement): void {
    const items = this.items
    const place = text("order.moved", { place: items.indexOf(item) + 1, count: items.length })
    let status = document.querySelector("#order-status")
    if (!status) document.body.append((status = h("p.sr", { id: "order-status", role: "status" })))
    status.textContent = `${item.getAttribute("aria-label") ?? ""} ${place}`.trim()
  }
}

function middle(element: HTMLElement): number {
  const { top, height } = element.getBoundingClientRect()
  return top + height / 2
}

define("ot-order", OtOrder)
