/*
 * The macro picker: a list to search on one side, what the chosen one would write and change on the other. Enter takes
 * it into the composer. Loaded when it is first asked for.
 */
import { button, closest, h, icon } from "../../lib/dom"
import { Options } from "../../lib/options"
import { plural, text } from "../../strings"
import { offersFor, rank, type Offer } from "./offers"
import { look, type Change, type Shown } from "./taking"

const LOOK_AFTER = 120
const OFTEN = 5

export class MacroPicker {
  private readonly input = h("input.input", {
    type: "search", role: "combobox", autocomplete: "off", "aria-expanded": "true", "aria-controls": "macro-options",
    "aria-autocomplete": "list", "aria-label": text("macro.search"), placeholder: text("macro.search"),
  }) // prettier-ignore
  private readonly list = h("ul.mlist", { id: "macro-options", role: "listbox", "aria-label": text("macro.menu") })
  private readonly pane = h("div.mlook", { tabindex: 0, role: "region", "aria-label": text("macro.preview") })
  private readonly said = h("span.sr", { role: "status" })
  private readonly use = button("btn primary", text("macro.use"), () => this.choose())
  private readonly options = new Options(
    this.input,
    () => [...this.list.querySelectorAll<HTMLElement>("[role=option]")],
    true,
  )
  private readonly dialog: HTMLDialogElement
  private readonly seen = new Map<number, Promise<Shown | string>>()
  private offers: Offer[] = []
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly ticket: string,
    private readonly language: { code: string; name: string },
    private readonly taken: (id: number) => void,
  ) {
    const close = button("btn ghost icon sm", "", () => this.dialog.close())
    close.setAttribute("aria-label", text("close"))
    close.append(icon("x", "sm"))
    this.dialog = h("dialog.dialog.macros", { "aria-labelledby": "macros-title" })
    const manage = h("a.muted", { href: "/agent/macros/" }, text("macro.manage"))
    this.dialog.append(
      h("header", {}, h("h2", { id: "macros-title" }, text("macro.menu")), this.input, close),
      h("div.body", {}, this.list, this.pane),
      h("div.actions", {}, manage, h("span.muted.grow", {}, text("macro.never_sends")), this.use),
      this.said,
    )
    this.dialog.addEventListener("close", () => this.dialog.remove())
    this.input.addEventListener("input", () => this.draw())
    this.dialog.addEventListener("keydown", (event) => this.pressed(event))
    this.list.addEventListener("click", (event) => this.pointed(event))
    this.list.addEventListener("dblclick", () => this.choose())
  }

  async open(): Promise<void> {
    document.body.append(this.dialog)
    this.dialog.showModal()
    this.input.focus()
    this.offers = await offersFor(this.ticket)
    this.draw()
  }

  private draw(): void {
    const query = this.input.value
    const ranked = rank(this.offers, query, this.language.code)
    const rows = query.trim() ? ranked.map((offer) => row(offer)) : grouped(ranked, this.language)
    const none = this.offers.length ? text("macro.none_found") : text("macro.none")
    this.list.replaceChildren(...(rows.length ? rows : [h("li.empty-row", {}, none)]))
    this.activate(this.options.shown[0])
    this.said.textContent = plural("macro.found", ranked.length)
  }

  private pointed(event: Event): void {
    const option = closest(event, "[role=option]")
    if (!option) return
    this.activate(option)
    this.input.focus()
  }

  private pressed(event: KeyboardEvent): void {
    if (event.isComposing) return
    if (event.target === this.input && this.options.move(event)) this.activate(this.options.current)
    else if (event.key === "Enter" && event.target === this.input) {
      event.preventDefault()
      this.choose()
    }
  }

  private activate(option: HTMLElement | undefined): void {
    this.options.activate(option)
    this.use.disabled = !option
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.look(Number(option?.dataset["value"] ?? 0)), LOOK_AFTER)
  }

  private choose(): void {
    const id = Number(this.options.current?.dataset["value"] ?? 0)
    if (!id) return
    this.dialog.close()
    this.taken(id)
  }

  private async look(id: number): Promise<void> {
    if (!id) return this.pane.replaceChildren()
    const asked = this.seen.get(id) ?? this.ask(id)
    this.seen.set(id, asked)
    const shown = await asked
    if (Number(this.options.current?.dataset["value"]) !== id) return
    if (typeof shown === "string") this.pane.replaceChildren(h("p.notice.tone-red", {}, shown))
    else this.pane.replaceChildren(...drawn(shown))
  }

  private async ask(id: number): Promise<Shown | string> {
    const answer = await look(this.ticket, id)
    if (answer.ok) return answer.value
    this.seen.delete(id)
    return "message" in answer.failure ? answer.failure.message : text("session.expired")
  }
}

/** What is used most, or is in the customer's language, first; then folder by folder. */
function grouped(offers: Offer[], language: { code: string; name: string }): HTMLElement[] {
  const theirs = language.code ? offers.filter((offer) => offer.language === language.code) : []
  const often = offers.filter((offer) => !theirs.includes(offer) && offer.uses > 0).slice(0, OFTEN)
  const rest = offers.filter((offer) => !theirs.includes(offer) && !often.includes(offer))
  const folders = [...new Set(rest.map(({ folder }) => folder))].sort((one, other) => one.localeCompare(other))
  const groups: [string, Offer[]][] = [
    [text("macro.in_language", { language: language.name }), theirs],
    [text("macro.often"), often],
    ...folders.map((folder): [string, Offer[]] => [
      folder || (folders.length > 1 || often.length || theirs.length ? text("macro.no_folder") : ""),
      rest.filter((offer) => offer.folder === folder),
    ]),
  ]
  return groups.flatMap(([title, members]) =>
    members.length ? [...(title ? [h("li.mh", { role: "presentation" }, title)] : []), ...members.map(row)] : [],
  )
}

function row(offer: Offer): HTMLElement {
  const small = [offer.folder, offer.whose].filter(Boolean).join(" · ")
  const title = h("span.grow.clip", { dir: "auto" }, offer.title, small ? h("small", {}, small) : null)
  const uses = offer.uses ? h("span.muted.n", { title: plural("macro.uses", offer.uses) }, String(offer.uses)) : null
  const key = offer.shortcut ? h("kbd", {}, `/${offer.shortcut}`) : null
  return h("li.mi", { role: "option", "aria-selected": "false", "data-value": offer.id }, title, key, uses)
}

function drawn(shown: Shown): HTMLElement[] {
  const parts: HTMLElement[] = [h("h3", { dir: "auto" }, shown.macro.title)]
  if (shown.problem) parts.push(h("p.notice.tone-red", { role: "alert" }, shown.problem))
  if (shown.html) {
    const where = shown.mode === "note" ? "macro.as_note" : shown.mode === "reply" ? "macro.as_reply" : "macro.as_words"
    const words = h("div.words", { dir: "auto", class: shown.mode === "note" ? "words card note" : "words card" })
    words.append(...new DOMParser().parseFromString(shown.html, "text/html").body.childNodes)
    parts.push(h("h4", {}, text(where)), words)
  }
  if (shown.files.length) {
    const files = shown.files.map(({ filename, size }) =>
      h("li", {}, icon("paperclip", "xs"), ` ${filename} `, h("small", {}, size)),
    )
    parts.push(h("h4", {}, text("macro.files")), h("ul.plain", {}, ...files))
  }
  if (shown.changes.length)
    parts.push(h("h4", {}, text("macro.changes")), h("ul.plain", {}, ...shown.changes.map(change)))
  return parts
}

function change({ text: words, problem, unchanged }: Change): HTMLElement {
  const line = h("li", {}, icon(problem ? "triangle-alert" : unchanged ? "check" : "arrow-right", "xs"), ` ${words}`)
  if (problem) line.append(h("small.err", {}, ` ${problem}`))
  else if (unchanged) line.append(h("small.muted", {}, ` ${text("macro.unchanged")}`))
  return line
}
