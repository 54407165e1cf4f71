/*
 * <ot-mail-frame>[<button data-images>]
 *   <iframe src="/agent/messages/9/body/" sandbox="allow-same-origin …"></iframe></ot-mail-frame>
 * Makes the frame of a mail as tall as its content. The frame may not run scripts, so it can't tell its height; it is
 * of our origin (allow-same-origin without allow-scripts), so this side can measure it. `data-images` loads remote
 * images.
 */
import { closest, define } from "../lib/dom"

/* hostile CSS can claim any height: above this the frame scrolls by itself */
const TALLEST = 12_000

export class OtMailFrame extends HTMLElement {
  private listening: AbortController | undefined
  private watching: ResizeObserver | undefined

  connectedCallback(): void {
    const frame = this.querySelector("iframe")
    if (!frame) return
    // A mail does not change: a morph would only undo the height and the pictures asked for.
    this.setAttribute("hx-morph-skip", "")
    this.listening = new AbortController()
    const { signal } = this.listening
    frame.addEventListener("load", () => this.loaded(frame), { signal })
    this.addEventListener("click", (event) => closest(event, "[data-images]") && this.showImages(frame), { signal })
    this.watching = new ResizeObserver(() => this.fit(frame))
    this.watching.observe(this)
    if (frame.contentDocument?.readyState === "complete") this.loaded(frame)
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    this.watching?.disconnect()
  }

  private loaded(frame: HTMLIFrameElement): void {
    this.fit(frame)
    const inner = frame.contentDocument
    for (const image of inner?.images ?? []) image.addEventListener("load", () => this.fit(frame))
    inner?.addEventListener("keydown", (event) => passOn(event, frame))
  }

  /** The body's own height plus its margins; measuring the root would keep a frame that once was too tall. */
  private fit(frame: HTMLIFrameElement): void {
    const body = frame.contentDocument?.body
    if (!body) return
    const { marginTop, marginBottom } = getComputedStyle(body)
    const margins = (Number.parseFloat(marginTop) || 0) + (Number.parseFloat(marginBottom) || 0)
    const height = Math.ceil(Math.max(body.scrollHeight, body.getBoundingClientRect().height) + margins)
    frame.style.height = `${Math.min(height, TALLEST)}px`
    this.classList.toggle("is-sized", height > 0)
  }

  private showImages(frame: HTMLIFrameElement): void {
    const url = new URL(frame.src)
    url.searchParams.set("images", "1")
    frame.src = url.href
    for (const control of this.querySelectorAll<HTMLElement>("[data-images]"))
      (control.closest<HTMLElement>(".notice") ?? control).hidden = true
    this.closest<HTMLElement>("[tabindex]")?.focus({ preventScroll: true })
  }
}

/** A click into the mail takes the focus with it; the keys of the page go on working. */
function passOn(event: KeyboardEvent, frame: HTMLIFrameElement): void {
  const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event
  const copy = new KeyboardEvent("keydown", {
    key,
    code,
    ctrlKey,
    metaKey,
    altKey,
    shiftKey,
    bubbles: true,
    cancelable: true,
  })
  if (!frame.dispatchEvent(copy)) event.preventDefault()
}

define("ot-mail-frame", OtMailFrame)
