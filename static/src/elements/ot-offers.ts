/*
 * <ot-offers data-url="/contact/suggestions/" data-language="en"><input data-offers>…<div class="offers" aria-live="polite">
 * Articles that may answer what is being written, below its subject: the server's fragment, whose [data-offer] names the
 * row that counts what comes of it. The form's field "offer" takes that name along. Without this script the articles are
 * shown once the form was sent.
 */
import { define } from "../lib/dom"

const PAUSE = 500 // milliseconds without a key
const SHORTEST = 4 // characters that say anything

export class OtOffers extends HTMLElement {
  private listening: AbortController | undefined
  private asking: AbortController | undefined
  private timer = 0
  private asked = ""

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    this.addEventListener("input", () => this.typed(), { signal })
    this.addEventListener("change", () => void this.ask(), { signal })
    if (this.words) void this.ask() // what came back with an error, or from the browser's memory
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    this.asking?.abort()
    clearTimeout(this.timer)
  }

  private get words(): string {
    return this.querySelector<HTMLInputElement>("[data-offers]")?.value.trim() ?? ""
  }

  private get offer(): HTMLInputElement | null {
    return this.closest("form")?.querySelector<HTMLInputElement>("input[name=offer]") ?? null
  }

  private typed(): void {
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.ask(), PAUSE)
  }

  private async ask(): Promise<void> {
    clearTimeout(this.timer)
    const { words } = this
    if (words === this.asked) return
    this.asking?.abort()
    this.asking = new AbortController()
    const { signal } = this.asking
    this.asked = words
    if (words.length < SHORTEST) return this.show("")
    const query = new URLSearchParams({
      q: words,
      offer: this.offer?.value ?? "",
      language: this.dataset["language"] ?? "",
    })
    try {
      const answer = await fetch(`${this.dataset["url"] ?? ""}?${query.toString()}`, { signal })
      if (answer.ok) this.show(await answer.text())
    } catch (error) {
      if (!signal.aborted)
        this.asked = "" // offline: the next key asks again
      else if (!(error instanceof DOMException)) throw error
    }
  }

  private show(html: string): void {
    const place = this.querySelector(".offers")
    if (!place) return
    place.innerHTML = html
    const token = place.querySelector<HTMLElement>("[data-offer]")?.dataset["offer"]
    if (token && this.offer) this.offer.value = token
  }
}

define("ot-offers", OtOffers)
