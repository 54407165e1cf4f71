/*
 * <ot-divider class="divider" role="separator" aria-orientation="vertical" tabindex="0" aria-label="Width of the list"
 *   data-pane="list" data-side="end" data-min="240" data-max="560"></ot-divider>, inside the pane it belongs to.
 * Makes that pane wider and narrower: by the pointer, with the arrow keys (Shift: larger steps), Home and End; a double
 * click or Enter gives the width back to the stylesheet. Kept in the cookie `panes`, so that the server draws it at once.
 * `data-side` is the pane's edge that the divider stands on; right-to-left pages turn both ways round.
 */
import { readCookie, writeCookie } from "../lib/cookies"
import { define } from "../lib/dom"

const STEP = 16
const LARGE_STEP = 64

const root = document.documentElement

export class OtDivider extends HTMLElement {
  private listening: AbortController | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    this.addEventListener("pointerdown", (event) => this.grabbed(event), { signal })
    this.addEventListener("pointermove", (event) => this.dragged(event), { signal })
    this.addEventListener("lostpointercapture", () => this.released(), { signal })
    this.addEventListener("keydown", (event) => this.pressed(event), { signal })
    this.addEventListener("dblclick", () => this.reset(), { signal })
    addEventListener("resize", () => this.tell(), { signal })
    this.tell()
  }

  disconnectedCallback(): void {
    this.listening?.abort()
  }

  private get pane(): HTMLElement {
    return this.closest<HTMLElement>(".pane") ?? this
  }

  private get name(): string {
    return this.dataset["pane"] ?? ""
  }

  private get width(): number {
    return Math.round(this.pane.getBoundingClientRect().width)
  }

  /** +1 when the pane grows to the right, −1 when it grows to the left. */
  private get direction(): number {
    return (this.dataset["side"] === "start" ? -1 : 1) * (getComputedStyle(this).direction === "rtl" ? -1 : 1)
  }

  private grabbed(event: PointerEvent): void {
    if (event.button !== 0) return
    event.preventDefault()
    this.focus({ preventScroll: true })
    this.setPointerCapture(event.pointerId)
    root.dataset["resizing"] = ""
  }

  private dragged(event: PointerEvent): void {
    if (!this.hasPointerCapture(event.pointerId)) return
    const { left, right } = this.pane.getBoundingClientRect()
    this.set(this.direction > 0 ? event.clientX - left : right - event.clientX)
  }

  private released(): void {
    delete root.dataset["resizing"]
    this.keep()
  }

  private pressed(event: KeyboardEvent): void {
    const step = (event.shiftKey ? LARGE_STEP : STEP) * this.direction
    if (event.key === "ArrowRight") this.set(this.width + step)
    else if (event.key === "ArrowLeft") this.set(this.width - step)
    else if (event.key === "Home") this.set(this.least)
    else if (event.key === "End") this.set(this.most)
    else if (event.key !== "Enter") return
    event.preventDefault()
    event.stopPropagation()
    if (event.key === "Enter") this.reset()
    else this.keep()
  }

  private get least(): number {
    return Number(this.dataset["min"] ?? 0)
  }

  private get most(): number {
    return Number(this.dataset["max"] ?? Infinity)
  }

  private set(width: number): void {
    const fitting = Math.round(Math.min(this.most, Math.max(this.least, width)))
    root.style.setProperty(`--${this.name}-w`, `clamp(${this.least}px, ${fitting}px, 38vw)`)
    this.tell()
  }

  private reset(): void {
    root.style.setProperty(`--${this.name}-w`, `var(--${this.name}-w0)`)
    this.tell()
    this.keep("")
  }

  /** "list:360,ctx:300"; a pane that is not named has the stylesheet's width. */
  private keep(width: number | "" = this.width): void {
    const others = (readCookie("panes") ?? "").split(",").filter((part) => part && !part.startsWith(`${this.name}:`))
    writeCookie("panes", [...others, ...(width === "" ? [] : [`${this.name}:${width}`])].join(","))
  }

  private tell(): void {
    this.setAttribute("aria-valuemin", String(this.least))
    this.setAttribute("aria-valuemax", String(this.most))
    this.setAttribute("aria-valuenow", String(this.width))
  }
}

define("ot-divider", OtDivider)
