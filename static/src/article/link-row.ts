/* The row below the tools that asks where a link leads: an address, or an article found by words of its title. */
import type { Editor } from "@tiptap/core"
import { linkAddress } from "../composer/toolbar"
import { button, h, icon } from "../lib/dom"
import { Options } from "../lib/options"
import { text } from "../strings"
import { findArticles, type OfferedArticle } from "./offers"

const AFTER = 180

/** Opens the row at the end of `place`, or closes it when it is open. */
export function toggleLinkRow(place: HTMLElement, editor: Editor): void {
  const open = place.querySelector(".linkbar")
  if (open) return open.remove()
  new LinkRow(place, editor).open()
}

class LinkRow {
  private readonly input: HTMLInputElement
  private readonly list = h("ul.menu.linklist", {
    role: "listbox",
    id: "link-list",
    "aria-label": text("article.link_found"),
    hidden: true,
  })
  private readonly wrong = h("small.err", { role: "alert" })
  private readonly row: HTMLElement
  private readonly options: Options
  private found: OfferedArticle[] = []
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly place: HTMLElement,
    private readonly editor: Editor,
  ) {
    const { href = "", article = null } = editor.getAttributes("link")
    this.input = h("input.input", {
      type: "text",
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": "link-list",
      "aria-autocomplete": "list",
      autocomplete: "off",
      value: article ? "" : String(href ?? ""),
      "aria-label": text("article.link_to"),
      placeholder: text("article.link_to"),
    })
    this.options = new Options(this.input, () => [...this.list.children] as HTMLElement[], true)
    const remove = editor.isActive("link") ? button("btn ghost sm", text("link.remove"), () => this.finish(null)) : null
    this.row = h(
      "div.linkbar",
      {},
      h("div.grow.linkfield", {}, this.input, this.list),
      button("btn sm", text("link.apply"), () => this.apply()),
      remove,
      this.wrong,
    )
    this.row.addEventListener("keydown", (event) => this.pressed(event))
    this.input.addEventListener("input", () => this.later())
    this.list.addEventListener("pointerdown", (event) => event.preventDefault())
    this.list.addEventListener("click", (event) => this.take((event.target as Element).closest<HTMLElement>("li")))
  }

  open(): void {
    this.place.append(this.row)
    this.input.select()
    this.input.focus()
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      this.row.remove()
      this.editor.commands.focus()
    } else if (event.key === "Enter" && event.target === this.input) {
      if (this.options.current) this.take(this.options.current)
      else this.apply()
    } else if (!["ArrowDown", "ArrowUp"].includes(event.key) || !this.options.move(event)) return
    event.preventDefault()
    event.stopPropagation()
  }

  private later(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.search(), AFTER)
  }

  private async search(): Promise<void> {
    const words = this.input.value.trim()
    const isAddress = /^(https?:|mailto:|tel:|www\.)/i.test(words)
    const found = words.length > 1 && !isAddress ? await findArticles(this.place, words) : []
    if (words !== this.input.value.trim()) return
    this.found = found
    this.list.replaceChildren(...found.map((article, at) => this.rowOf(article, at)))
    this.list.hidden = !found.length
    this.input.setAttribute("aria-expanded", String(found.length > 0))
    this.options.activate(this.options.shown[0])
  }

  private rowOf({ title, section, draft }: OfferedArticle, at: number): HTMLElement {
    const about = draft ? `${section} · ${text("article.draft")}` : section
    const words = h("span.grow.clip", { dir: "auto" }, title, h("small", {}, about))
    return h("li.mi", { role: "option", id: `link-${at}`, "data-at": at }, icon("book-open", "sm"), words)
  }

  private take(row: HTMLElement | null): void {
    const article = this.found[Number(row?.dataset["at"] ?? -1)]
    if (article) this.finish({ article: String(article.id), href: null }, article.title)
  }

  private apply(): void {
    const href = linkAddress(this.input.value)
    if (href === undefined) this.wrong.textContent = text("article.link_wrong")
    else this.finish(href ? { href, article: null } : null, href)
  }

  /** What is marked becomes the link; where nothing is, the title or the address itself. */
  private finish(attrs: { href: string | null; article: string | null } | null, words = ""): void {
    this.row.remove()
    const chain = this.editor.chain().focus()
    const isNew = this.editor.state.selection.empty && !this.editor.isActive("link")
    if (!attrs) chain.extendMarkRange("link").unsetMark("link").run()
    else if (isNew) chain.insertContent({ type: "text", text: words, marks: [{ type: "link", attrs }] }).run()
    else chain.extendMarkRange("link").setMark("link", attrs).run()
  }
}
