/*
 * <ot-order><div data-item [data-url="…/position/"]><span class="grip">…</span> … [<button data-step="-1">]</div></ot-order>
 * Items in an order of one's own: dragged by the grip, or moved by the buttons, which keep the focus. An item with an
 * address posts its new place there, and the answer is morphed over the closest live fragment; without one the order
 * is what a form sends, and `change` tells of it.
 */
import htmx from "htmx.org"
import { closest, define } from "../lib/dom"

export class OtOrder extends HTMLElement {
  private listening: AbortController | undefined
  private dragged: HTMLElement | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    this.addEventListener("click", (event) => this.stepped(event), { signal })
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

  private stepped(event: Event): void {
    const control = closest<HTMLButtonElement>(event, "button[data-step]")
    const item = control?.closest<HTMLElement>("[data-item]")
    if (!control || !item) return
    const items = this.items
    const beside = items[items.indexOf(item) + Number(control.dataset["step"])]
    if (!beside) return
    if (control.dataset["step"] === "-1") beside.before(item)
    else beside.after(item)
    control.focus()
    this.settle(item)
  }

  private grabbed(event: PointerEvent): void {
    const grip = closest(event, ".grip")
    const item = grip?.closest<HTMLElement>("[data-item]")
    if (!grip || !item || event.button !== 0) return
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
}

function middle(element: HTMLElement): number {
  const { top, height } = element.getBoundingClientRect()
  return top + height / 2
}

define("ot-order", OtOrder)
