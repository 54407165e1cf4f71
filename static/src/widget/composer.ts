/* The field at the bottom: it grows, Enter sends, the other side sees that somebody writes. */
import { arrange, byId, button, h } from "./dom"
import { articleLink } from "./log"
import type { Card } from "./protocol"
import { t } from "./words"

const TELL_EVERY = 3_000 // milliseconds between two "writes", and until "no longer"
const ASK_AFTER = 500 // without a key, before articles are asked for
const ENOUGH = 8 // characters from which words mean something
const TALLEST = 132 // pixels

export interface Writing {
  submit(): void
  typing(on: boolean): void
  /** what is written so far, to be kept */
  draft(text: string): void
  /** it stands still: articles may be looked for */
  paused(text: string): void
  opened(card: Card): void
  helped(card: Card): void
}

export class Composer {
  readonly box = byId<HTMLTextAreaElement>("box")
  private told = 0
  private silence = 0
  private pause = 0
  private offered: Card[] = []

  constructor(private readonly act: Writing) {
    this.box.addEventListener("input", () => this.changed())
    this.box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
      event.preventDefault()
      act.submit()
    })
    byId("write").addEventListener("submit", (event) => {
      event.preventDefault()
      act.submit()
    })
  }

  get text(): string {
    return this.box.value.trim()
  }

  set(text: string): void {
    this.box.value = text
    this.grow()
    this.act.draft(text)
  }

  sent(): void {
    this.set("")
    clearTimeout(this.silence)
    clearTimeout(this.pause)
    this.told = 0
    this.complain("")
  }

  complain(text: string): void {
    byId("trouble").textContent = text
  }

  /** Articles that may answer what is being written; each goes away with the words. */
  offer(cards: Card[]): void {
    const shown = this.text.length >= ENOUGH ? cards : []
    if (shown === this.offered || (!shown.length && !this.offered.length)) return
    this.offered = shown
    const list = h("ul", {}, ...shown.map((card) => h("li", {}, articleLink(card, this.act))))
    const solved = button(t("helped"), () => shown[0] && this.act.helped(shown[0]), "btn")
    arrange(byId("articles"), shown.length ? [h("p", {}, t("articles")), list, solved] : [])
  }

  private changed(): void {
    this.grow()
    this.complain("")
    this.act.draft(this.box.value)
    this.tell()
    clearTimeout(this.pause)
    if (this.text.length < ENOUGH) this.offer([])
    else this.pause = window.setTimeout(() => this.act.paused(this.text), ASK_AFTER)
  }

  private tell(): void {
    clearTimeout(this.silence)
    if (!this.text) return this.quiet()
    if (Date.now() - this.told > TELL_EVERY) {
      this.told = Date.now()
      this.act.typing(true)
    }
    this.silence = window.setTimeout(() => this.quiet(), TELL_EVERY)
  }

  private quiet(): void {
    if (this.told) this.act.typing(false)
    this.told = 0
  }

  private grow(): void {
    this.box.style.blockSize = "auto"
    this.box.style.blockSize = `${Math.min(this.box.scrollHeight, TALLEST)}px`
  }
}
