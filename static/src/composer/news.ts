/*
 * What happened while somebody wrote, to be read before the reply goes out: the new messages themselves, above the words.
 * The focus goes to reading, so that a stray Enter sends nothing; the key that sends must be meant: it counts only once
 * the news has been there for a moment, and not as a key held down.
 */
import { button, h, icon } from "../lib/dom"
import { text } from "../strings"

const READ_FOR = 600

export interface NewsChoices {
  anyway(): void
  edit(): void
}

export class NewsPanel {
  private panel: HTMLElement | undefined
  private shownAt = 0

  constructor(
    private readonly place: HTMLElement,
    private readonly now = () => Date.now(),
  ) {}

  get isOpen(): boolean {
    return this.panel?.isConnected ?? false
  }

  show(reason: string, html: string, choices: NewsChoices): void {
    this.close()
    const page = new DOMParser().parseFromString(html, "text/html")
    const news = h("div.newsbox", { tabindex: 0, role: "region", "aria-label": text("news.label") })
    news.append(...[...page.body.childNodes].map((node) => document.importNode(node, true)))
    const anyway = button("btn sm", text("send.anyway"), () => this.couldBeRead && choices.anyway())
    anyway.append(h("kbd", { "data-mod": true }, "Ctrl"), h("kbd", {}, "↵"))
    const edit = button("btn sm", text("news.edit"), choices.edit)
    edit.append(h("kbd", {}, "Esc"))
    const head = h("div.newshead", { role: "alert" }, icon("message-square", "sm"), h("b.grow", {}, reason))
    this.panel = h("div.moved.tone-violet", {}, head, news, h("div.row.wrap", {}, edit, anyway))
    this.place.prepend(this.panel)
    this.shownAt = this.now()
    news.focus({ preventScroll: true })
    this.panel.scrollIntoView({ block: "nearest" })
  }

  /** Whether the key that sends was meant for what is shown here. */
  mayConfirm(event: KeyboardEvent): boolean {
    return this.isOpen && !event.repeat && this.couldBeRead
  }

  /** Not before: the second half of a double click on Send is meant for nothing that is shown here. */
  get couldBeRead(): boolean {
    return this.now() - this.shownAt >= READ_FOR
  }

  close(): void {
    this.panel?.remove()
    this.panel = undefined
  }
}
