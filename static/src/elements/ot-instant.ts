/*
 * <ot-instant data-url="/hc/en/search/instant/" data-noted="/hc/en/search/noted/"><form><input name="q">…: answers below
 * a search field while somebody types, as a combobox with a listbox (WAI-ARIA APG). The answers are the server's HTML:
 * [role=listbox][data-said] > a[role=option][href][data-article]. Arrows walk through them, Enter opens the chosen one or
 * searches, Escape closes, Ctrl/Cmd+K comes here. Without this script the form searches.
 *
 * What was looked at is told to the server once: when it was read for a moment, opened, or left. Pages note their own.
 */
import { closest, define, h } from "../lib/dom"

const PAUSE = 120 // milliseconds after a key until the server is asked
const READ = 1500 // an answer that stands so long has been looked at

let counted = 0

export class OtInstant extends HTMLElement {
  private listening: AbortController | undefined
  private asking: AbortController | undefined
  private timer = 0
  private reading = 0
  private unnoted = ""
  private answered = ""
  private field!: HTMLInputElement
  private readonly panel = h("div.menu.finds", { id: `finds-${++counted}`, hidden: true })
  private readonly said = h("p.sr", { role: "status" })

  connectedCallback(): void {
    const field = this.querySelector<HTMLInputElement>("input[name=q]")
    if (!field) return
    this.field = field
    this.listening = new AbortController()
    const { signal } = this.listening
    this.append(this.panel, this.said)
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.panel.id,
    }))
      field.setAttribute(name, value)
    field.addEventListener("input", () => this.typed(), { signal })
    field.addEventListener("focus", () => this.words === this.answered && this.show(), { signal })
    field.addEventListener("keydown", (event) => this.pressed(event), { signal })
    this.addEventListener("focusout", (event) => this.left(event), { signal })
    this.addEventListener("click", (event) => this.clicked(event), { signal })
    this.addEventListener("submit", () => (this.unnoted = ""), { signal })
    document.addEventListener("pointerdown", (event) => this.contains(event.target as Node) || this.hide(), { signal })
    document.addEventListener("keydown", (event) => this.called(event), { signal })
    addEventListener("pagehide", () => this.note(), { signal })
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    this.asking?.abort()
    clearTimeout(this.timer)
    clearTimeout(this.reading)
    this.panel.remove()
    this.said.remove()
  }

  private get words(): string {
    return this.field.value.trim()
  }

  private get options(): HTMLElement[] {
    return [...this.panel.querySelectorAll<HTMLElement>("[role=option]")]
  }

  private get chosen(): HTMLElement | undefined {
    return this.options.find((option) => option.getAttribute("aria-selected") === "true")
  }

  private typed(): void {
    clearTimeout(this.timer)
    clearTimeout(this.reading)
    this.asking?.abort()
    if (!this.words) {
      this.note()
      this.hide()
      return
    }
    this.timer = window.setTimeout(() => void this.ask(this.words), PAUSE)
  }

  /** What came too late, or not at all, changes nothing: Enter still searches. */
  private async ask(words: string): Promise<void> {
    this.asking = new AbortController()
    const { signal } = this.asking
    try {
      const answer = await fetch(`${this.dataset["url"]}?${new URLSearchParams({ q: words })}`, { signal })
      if (!answer.ok) throw new Error(`${answer.status}`)
      const html = await answer.text()
      if (!signal.aborted && words === this.words) this.take(words, html)
    } catch (error) {
      if (!signal.aborted) console.warn("the search did not answer", error)
    }
  }

  private take(words: string, html: string): void {
    const page = new DOMParser().parseFromString(html, "text/html")
    this.panel.replaceChildren(...page.body.childNodes)
    this.options.forEach((option, at) => {
      option.id = `${this.panel.id}-${at}`
      option.classList.add("mi")
    })
    this.answered = this.unnoted = words
    this.said.textContent = this.panel.querySelector<HTMLElement>("[data-said]")?.dataset["said"] ?? ""
    this.show()
    this.reading = window.setTimeout(() => this.note(), READ)
  }

  private show(): void {
    if (!this.options.length || document.activeElement !== this.field) return
    this.panel.hidden = false
    this.field.setAttribute("aria-expanded", "true")
  }

  private hide(): void {
    this.choose(undefined)
    this.panel.hidden = true
    this.field.setAttribute("aria-expanded", "false")
  }

  private choose(option: HTMLElement | undefined): void {
    for (const other of this.options) {
      const isIt = other === option
      other.setAttribute("aria-selected", String(isIt))
      other.classList.toggle("is-active", isIt)
    }
    if (option) this.field.setAttribute("aria-activedescendant", option.id)
    else this.field.removeAttribute("aria-activedescendant")
    option?.scrollIntoView({ block: "nearest" })
  }

  private pressed(event: KeyboardEvent): void {
    if (event.isComposing) return
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.walk(event)
    else if (event.key === "Enter" && !this.panel.hidden && this.chosen) {
      event.preventDefault()
      this.chosen.click()
    } else if (event.key === "Escape" && !this.panel.hidden) {
      event.preventDefault() // the first one closes, the next one empties the field
      this.hide()
    } else if (event.key === "Tab") this.hide()
  }

  /** Above the first and below the last option is the field itself. */
  private walk(event: KeyboardEvent): void {
    if (!this.options.length || this.words !== this.answered) return
    event.preventDefault()
    if (this.panel.hidden) this.show()
    const options = this.options
    const at = this.chosen ? options.indexOf(this.chosen) : -1
    const next = event.key === "ArrowDown" ? at + 1 : at < 0 ? options.length - 1 : at - 1
    this.choose(options[next])
  }

  private called(event: KeyboardEvent): void {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
    if (event.defaultPrevented || !this.field.checkVisibility()) return
    event.preventDefault()
    this.field.focus()
    this.field.select()
  }

  private left(event: FocusEvent): void {
    if (this.contains(event.relatedTarget as Node | null)) return
    this.hide()
    this.note()
  }

  private clicked(event: Event): void {
    const option = closest(event, "[role=option]")
    if (!option) return
    if (option.dataset["article"]) this.note(option.dataset["article"])
    else this.unnoted = "" // the page of all results notes the search itself
  }

  /** Sent even while the page is left. An opened article is worth telling though the search was told before. */
  private note(article = ""): void {
    clearTimeout(this.reading)
    const words = article ? this.answered : this.unnoted
    this.unnoted = ""
    if (words && this.dataset["noted"])
      navigator.sendBeacon(this.dataset["noted"], new URLSearchParams({ q: words, ...(article && { article }) }))
  }
}

define("ot-instant", OtInstant)
