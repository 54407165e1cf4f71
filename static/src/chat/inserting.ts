/* Macros and articles put into what is written in a chat. Nothing is sent; changes of macros wait beside the words. */
import { fetchArticle } from "../composer/articles-asking"
import type { Attached } from "../composer/attachments"
import { take } from "../composer/macros/taking"
import { WaitingChanges } from "../composer/macros/waiting"
import { showTrouble } from "../composer/trouble"
import { text } from "../strings"
import { word } from "./words"

export interface Place {
  readonly dataset: DOMStringMap
  readonly ticket: string
}

export interface Words {
  readonly mode: "reply" | "note"
  write(mode: "reply" | "note"): void
  insert(words: string): void
  takeFiles(files: readonly Attached[]): void
  focus(): void
}

export class Inserting {
  private changes: WaitingChanges | undefined

  constructor(
    private readonly place: Place,
    private readonly words: Words,
    private readonly chips: HTMLElement,
    private readonly trouble: HTMLElement,
  ) {
    if (place.ticket) void this.waiting
  }

  async pickMacro(): Promise<void> {
    const { ticket, dataset } = this.place
    if (!ticket) return showTrouble(this.trouble, word("no_ticket"))
    const { MacroPicker } = await import("../composer/macros/picker")
    const language = { code: dataset["language"] ?? "", name: dataset["languageName"] ?? "" }
    await new MacroPicker(ticket, language, (id) => void this.useMacro(id)).open()
  }

  async useMacro(id: number): Promise<void> {
    const answer = await take(this.place.ticket, id)
    if (!answer.ok) {
      const { failure } = answer
      return showTrouble(this.trouble, "message" in failure ? failure.message : text("session.expired"))
    }
    const { value: taken } = answer
    if (taken.mode === "note") this.words.write("note")
    this.words.takeFiles(taken.attachments)
    this.waiting.add(taken)
    if (taken.text) this.words.insert(taken.text)
    this.words.focus()
    const left = taken.changes.filter(({ problem }) => problem)
    const changes = left.map(({ text: words, problem }) => `${words}: ${problem}`).join(" ")
    if (left.length) showTrouble(this.trouble, text("macro.cannot", { changes }))
  }

  async findArticle(): Promise<void> {
    if (!this.place.ticket) return showTrouble(this.trouble, word("no_ticket"))
    const { ArticlePicker } = await import("../composer/articles-picker")
    await new ArticlePicker(this.place.ticket, this.words.mode, (id, as) => void this.give(id, as)).open()
  }

  /** The fields that go with the words: changes, and the macros they came from. */
  plan(): [string, string][] {
    const { changes, macros } = this.waiting.value
    return [
      ...changes.map(({ action }): [string, string] => ["changes", JSON.stringify(action)]),
      ...macros.map(({ id }): [string, string] => ["macros", String(id)]),
    ]
  }

  clear(): void {
    this.changes?.clear()
  }

  private async give(id: number, as: "link" | "text"): Promise<void> {
    const article = await fetchArticle(this.place.ticket, id)
    if (typeof article === "string") return showTrouble(this.trouble, article || text("session.expired"))
    if (article.hindrance && this.words.mode !== "note")
      return showTrouble(this.trouble, `${article.hindrance} ${text("articles.only_notes")}`)
    const link = `${article.title}: ${article.url}`
    this.words.insert(as === "link" ? `${link} ` : `${plainText(article.text)}\n${link}`)
  }

  /** Made once there is a ticket to change. */
  private get waiting(): WaitingChanges {
    const { ticket, dataset } = this.place
    const { me = "" } = dataset
    this.changes ??= new WaitingChanges(this.chips, this.trouble, ticket, me, () => this.words.focus())
    return this.changes
  }
}

/** What an article says, in the plain text of a chat: blocks become lines. */
export function plainText(html: string): string {
  const body = new DOMParser().parseFromString(html, "text/html").body
  for (const block of body.querySelectorAll("p, li, br, h1, h2, h3, h4, tr")) block.append("\n")
  return (body.textContent ?? "").replace(/\n{3,}/g, "\n\n").trim()
}
