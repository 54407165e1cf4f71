/*
 * The search for articles in the composer: found on one side, read on the other. Enter inserts the link, Shift Enter the
 * words. Without a search it shows what fits the ticket.
 */
import { button, closest, h, icon } from "../lib/dom"
import { Options } from "../lib/options"
import { plural, text } from "../strings"
import { fetchArticle, noteSearch, search, type Article, type Offer } from "./articles-asking"
import type { GivenAs } from "./articles"

const PAUSE = 160
const LOOK_AFTER = 120

export class ArticlePicker {
  private readonly input = h("input.input", {
    type: "search", role: "combobox", autocomplete: "off", "aria-expanded": "true", "aria-controls": "article-options",
    "aria-autocomplete": "list", "aria-label": text("articles.search"), placeholder: text("articles.search"),
  }) // prettier-ignore
  private readonly list = h("ul.mlist", { id: "article-options", role: "listbox", "aria-label": text("articles.menu") })
  private readonly pane = h("div.mlook", { tabindex: 0, role: "region", "aria-label": text("articles.preview") })
  private readonly said = h("span.sr", { role: "status" })
  private readonly link = button("btn primary", text("articles.insert_link"), () => this.choose("link"))
  private readonly words = button("btn", text("articles.insert_text"), () => this.choose("text"))
  private readonly options = new Options(
    this.input,
    () => [...this.list.querySelectorAll<HTMLElement>("[role=option]")],
    true,
  )
  private readonly dialog: HTMLDialogElement
  private asking = new AbortController()
  private timer: ReturnType<typeof setTimeout> | undefined
  private looking: ReturnType<typeof setTimeout> | undefined
  private offers: Offer[] = []
  /** The last search that was answered, and how much it found. */
  private answered: { words: string; results: number } | undefined

  constructor(
    private readonly ticket: string,
    private readonly mode: string,
    private readonly taken: (id: number, as: GivenAs) => void,
  ) {
    const close = button("btn ghost icon sm", "", () => this.dialog.close())
    close.setAttribute("aria-label", text("close"))
    close.append(icon("x", "sm"))
    this.dialog = h("dialog.dialog.macros", { "aria-labelledby": "articles-title" })
    const hint = h("span.muted.grow", {}, text("macro.never_sends"))
    this.words.append(h("kbd", {}, "⇧ ⏎"))
    this.link.append(h("kbd", {}, "⏎"))
    this.dialog.append(
      h("header", {}, h("h2", { id: "articles-title" }, text("articles.menu")), this.input, close),
      h("div.body", {}, this.list, this.pane),
      h("div.actions", {}, hint, this.words, this.link),
      this.said,
    )
    this.dialog.addEventListener("close", () => this.closed())
    this.input.addEventListener("input", () => this.typed())
    this.dialog.addEventListener("keydown", (event) => this.pressed(event))
    this.list.addEventListener("click", (event) => this.pointed(event))
    this.list.addEventListener("dblclick", () => this.choose("link"))
  }

  async open(): Promise<void> {
    document.body.append(this.dialog)
    this.dialog.showModal()
    this.input.focus()
    await this.ask("")
  }

  private typed(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.ask(this.input.value.trim()), PAUSE)
  }

  private async ask(words: string): Promise<void> {
    this.asking.abort()
    this.asking = new AbortController()
    const { signal } = this.asking
    const found = await search(this.ticket, words, signal)
    if (signal.aborted) return
    if (typeof found === "string") return this.list.replaceChildren(h("li.empty-row", {}, found))
    this.offers = found.articles
    if (words) this.answered = { words, results: found.count }
    this.draw(words)
  }

  private draw(words: string): void {
    const rows = this.offers.map(row)
    const none = text(words ? "articles.none_found" : "articles.none_fits")
    const heading = h("li.mh", { role: "presentation" }, text("articles.fits"))
    if (!rows.length) this.list.replaceChildren(h("li.empty-row", {}, none))
    else this.list.replaceChildren(...(words ? [] : [heading]), ...rows)
    this.activate(rows[0])
    this.said.textContent = plural("articles.found", rows.length)
  }

  private pointed(event: Event): void {
    const option = closest(event, "[role=option]")
    if (!option) return
    this.activate(option)
    this.input.focus()
  }

  private pressed(event: KeyboardEvent): void {
    if (event.isComposing || event.target !== this.input) return
    if (this.options.move(event)) this.activate(this.options.current)
    else if (event.key === "Enter") {
      event.preventDefault()
      this.choose(event.shiftKey ? "text" : "link")
    }
  }

  private activate(option: HTMLElement | undefined): void {
    this.options.activate(option)
    this.link.disabled = this.words.disabled = !option
    clearTimeout(this.looking)
    this.looking = setTimeout(() => void this.look(this.chosen), LOOK_AFTER)
  }

  private get chosen(): number {
    return Number(this.options.current?.dataset["value"] ?? 0)
  }

  private choose(as: GivenAs): void {
    const id = this.chosen
    if (!id) return
    this.note(id)
    this.dialog.close()
    this.taken(id, as)
  }

  private async look(id: number): Promise<void> {
    if (!id) return this.pane.replaceChildren()
    const article = await fetchArticle(this.ticket, id)
    if (this.chosen !== id) return
    if (typeof article === "string") this.pane.replaceChildren(h("p.notice.tone-red", {}, article))
    else this.pane.replaceChildren(...this.drawn(article))
  }

  private drawn({ title, hindrance, otherLanguage, languageName, text: html }: Article): HTMLElement[] {
    const parts: HTMLElement[] = [h("h3", { dir: "auto" }, title)]
    const tone = this.mode === "note" ? "slate" : "amber"
    if (hindrance) parts.push(h(`p.notice.tone-${tone}`, {}, hindrance))
    if (otherLanguage)
      parts.push(h("p.notice.tone-slate", {}, text("articles.other_language", { language: languageName })))
    const words = h("div.words.card", { dir: "auto" })
    words.append(...new DOMParser().parseFromString(html, "text/html").body.childNodes)
    return [...parts, words]
  }

  private note(clicked?: number): void {
    if (this.answered) noteSearch(this.ticket, this.answered.words, this.answered.results, clicked)
    this.answered = undefined
  }

  private closed(): void {
    this.note()
    this.asking.abort()
    clearTimeout(this.timer)
    this.dialog.remove()
  }
}

function row(offer: Offer): HTMLElement {
  const title = h("span.grow.clip", { dir: "auto" }, offer.title, h("small", {}, offer.section))
  const mark = offer.given ? icon("check", "xs") : offer.hindrance ? icon("eye-off", "xs") : null
  const option = h("li.mi", { role: "option", "aria-selected": "false", "data-value": offer.id }, title)
  if (mark) option.append(mark, h("span.sr", {}, text(offer.given ? "articles.given" : "articles.not_theirs")))
  return option
}
