/* One send at a time: holds the editor while it runs, and says what became of it. The words stay until it has worked. */
import type { Failure } from "../lib/http"
import { refresh } from "../live/fragments"
import { text } from "../strings"
import type { Composition } from "./composition"
import type { Editor } from "./editor"
import type { NewsPanel } from "./news"
import type { Parts } from "./parts"
import { sendMessage } from "./sending"
import type { Words } from "./stored"
import type { SeenThread } from "./thread"
import { clearTrouble, explainFailure, showTrouble } from "./trouble"

export interface DeliveryEvents {
  /** It is on the server; `leaveTo` is another page that its answer leads to, or "". */
  sent(composition: Composition, words: Words, leaveTo: string): void
  /** A field beside the words is wrong. True when its place has said so. */
  wrongField(field: string, reason: string): boolean
}

/** Fields that go along for this send only, such as its time. */
export type Extra = Record<string, string>

export class Delivery {
  isRunning = false
  /** What sends in spite of the news, while it is shown. */
  anyway: (() => void) | undefined

  constructor(
    private readonly host: HTMLElement,
    private readonly parts: Parts,
    private readonly seen: SeenThread,
    private readonly news: NewsPanel,
    private readonly events: DeliveryEvents,
  ) {}

  async send(composition: Composition, editor: Editor, extra: Extra = {}): Promise<void> {
    if (this.isRunning || (this.news.isOpen && !this.news.couldBeRead)) return
    const problem = composition.problem(editor)
    if (problem) {
      showTrouble(this.parts.trouble, problem)
      if (editor.isEmpty()) editor.focus()
      return
    }
    this.hold(editor, true)
    const words = composition.words(editor)
    const outcome = await sendMessage(this.parts.form, composition, { last_event: this.seen.lastEvent, ...extra })
    this.hold(editor, false)
    if (outcome.ok) return this.events.sent(composition, words, outcome.leaveTo)
    composition.keeper.resume()
    this.explain(outcome.failure, composition, editor, extra)
  }

  /** Back to the words: what was shown counts as read. */
  keepEditing(editor: Editor): void {
    this.anyway = undefined
    this.news.close()
    this.seen.acknowledge(this.seen.lastEvent)
    editor.focus()
  }

  private explain(failure: Failure, composition: Composition, editor: Editor, extra: Extra): void {
    if (failure.kind === "conflict") {
      refresh([`ticket:${this.host.dataset["ticket"]}`])
      const html = failure.data["news"]
      if (typeof html === "string") return this.showNews(failure, html, composition, editor, extra)
    }
    const field = failure.kind === "refused" ? String(failure.data["field"] ?? "") : ""
    if (field && "message" in failure && this.events.wrongField(field, failure.message)) return
    const again = () => void this.send(composition, editor, extra)
    if (!explainFailure(this.parts.trouble, failure, { again })) editor.focus()
  }

  private showNews(
    { message, data }: Extract<Failure, { kind: "conflict" }>,
    html: string,
    composition: Composition,
    editor: Editor,
    extra: Extra,
  ): void {
    this.seen.acknowledge(String(data["last_event"] ?? ""))
    if (typeof data["submit_key"] === "string") composition.keeper.submitKey = data["submit_key"]
    this.parts.notices.querySelector(".arrived")?.remove()
    this.anyway = () => {
      this.anyway = undefined
      this.news.close()
      void this.send(composition, editor, extra)
    }
    this.news.show(message, html, { anyway: this.anyway, edit: () => this.keepEditing(editor) })
  }

  private hold(editor: Editor, on: boolean): void {
    this.isRunning = on
    this.host.setAttribute("aria-busy", String(on))
    editor.lock(on)
    clearTrouble(this.parts.trouble)
    this.parts.say(on ? text("composer.sending") : "")
  }
}
