/* One send at a time: holds the editor while it runs, and says what became of it. The words stay until it has worked. */
import { refresh } from "../live/fragments"
import { text } from "../strings"
import type { Composition } from "./composition"
import type { Words } from "./drafts"
import type { Editor } from "./editor"
import type { Parts } from "./parts"
import { sendMessage } from "./sending"
import type { SeenThread } from "./thread"
import { clearTrouble, explainFailure, showTrouble } from "./trouble"

export interface DeliveryEvents {
  /** It is on the server; `leaveTo` is another page that its answer leads to, or "". */
  sent(composition: Composition, words: Words, leaveTo: string): void
  showNew(): void
}

export class Delivery {
  isRunning = false

  constructor(
    private readonly host: HTMLElement,
    private readonly parts: Parts,
    private readonly seen: SeenThread,
    private readonly events: DeliveryEvents,
  ) {}

  async send(composition: Composition, editor: Editor, force = false): Promise<void> {
    if (this.isRunning) return
    const problem = composition.problem(editor)
    if (problem) {
      showTrouble(this.parts.trouble, problem)
      if (editor.isEmpty()) editor.focus()
      return
    }
    this.hold(editor, true)
    const words = composition.words(editor)
    const fields = { last_event: this.seen.lastEvent, ...(force ? { force: "1" } : {}) }
    const outcome = await sendMessage(this.parts.form, composition, fields)
    this.hold(editor, false)
    if (outcome.ok) return this.events.sent(composition, words, outcome.leaveTo)
    composition.keeper.resume()
    if (outcome.failure.kind === "conflict") refresh([`ticket:${this.host.dataset["ticket"]}`])
    const offered = explainFailure(this.parts.trouble, outcome.failure, {
      again: () => void this.send(composition, editor),
      anyway: () => void this.send(composition, editor, true),
      showNew: () => this.events.showNew(),
    })
    if (!offered) editor.focus()
  }

  private hold(editor: Editor, on: boolean): void {
    this.isRunning = on
    this.host.setAttribute("aria-busy", String(on))
    editor.lock(on)
    clearTrouble(this.parts.trouble)
    this.parts.say(on ? text("composer.sending") : "")
  }
}
