/* Macros in the composer: chosen from the picker or after a /, put into the words, their changes waiting beside them. */
import { announce } from "../../lib/dom"
import { text } from "../../strings"
import type { Composition } from "../composition"
import type { Editor } from "../editor"
import type { Parts } from "../parts"
import { clearTrouble, explainFailure, showTrouble } from "../trouble"
import type { MacroPicker } from "./picker"
import { take } from "./taking"
import { WaitingChanges } from "./waiting"

export interface MacroHost {
  readonly dataset: DOMStringMap
  readonly parts: Parts
  readonly editor: Editor
  readonly current: Composition
  show(mode: string): void
}

export class Macros {
  readonly waiting: WaitingChanges
  private picker: MacroPicker | undefined

  constructor(
    private readonly host: HTMLElement & MacroHost,
    signal: AbortSignal,
  ) {
    const { ticket = "", me = "" } = host.dataset
    this.waiting = new WaitingChanges(host.parts.waiting, host.parts.trouble, ticket, me, () => host.editor.focus())
    host.addEventListener("ot:macro", (event) => void this.use((event as CustomEvent<{ id: number }>).detail.id), {
      signal,
    })
  }

  async pick(): Promise<void> {
    const { ticket = "", language = "", languageName = "" } = this.host.dataset
    const { MacroPicker } = await import("./picker")
    this.picker ??= new MacroPicker(ticket, { code: language, name: languageName }, (id) => void this.use(id))
    await this.picker.open()
  }

  /** Into the composer: nothing is sent, and the ticket stays as it is. */
  async use(id: number): Promise<void> {
    const { host } = this
    clearTrouble(host.parts.trouble)
    const answer = await take(host.dataset["ticket"] ?? "", id)
    if (!answer.ok) return void explainFailure(host.parts.trouble, answer.failure, { again: () => void this.use(id) })
    const { value: taken } = answer
    if (taken.mode && taken.mode !== host.parts.mode && this.has(taken.mode)) host.show(taken.mode)
    host.current.attachments.take(taken.attachments)
    this.waiting.add(taken)
    if (taken.html) host.editor.insert(taken.html)
    else host.editor.focus()
    host.current.change(host.editor)
    const left = taken.changes.filter(({ problem }) => problem)
    if (left.length) {
      const changes = left.map(({ text: words, problem }) => `${words}: ${problem}`).join(" ")
      showTrouble(host.parts.trouble, text("macro.cannot", { changes }))
    }
    announce("ot:macro-taken", { id })
  }

  private has(mode: string): boolean {
    return this.host.querySelector(`[role=tab][data-mode="${mode}"]`) !== null
  }
}
