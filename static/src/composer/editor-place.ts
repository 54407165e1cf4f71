/* Where the words are typed: the textarea from the first moment, the rich editor in its place when it has come. */
import { PlainEditor, type Editor, type EditorEvents } from "./editor"
import type { Parts } from "./parts"

export class EditorPlace {
  editor: Editor

  constructor(
    private readonly host: HTMLElement,
    private readonly parts: Parts,
    private readonly events: EditorEvents,
  ) {
    this.editor = new PlainEditor(parts.area, events)
  }

  /** Without the chunk (a connection lost, a new version rolled out) the textarea stays, and its tools go. */
  async becomeRich(words: () => string, signal: AbortSignal): Promise<void> {
    const chunk = await import("./tiptap").catch((error: unknown) => console.warn("no rich editor", error))
    if (signal.aborted) return
    this.host.dataset["editor"] = chunk ? "rich" : "plain"
    if (chunk) this.mount(chunk.RichEditor, words())
  }

  /** Say what is written here, to eyes and to screen readers. */
  describe(): void {
    const { area, mode } = this.parts
    const { labelNote, labelReply, placeholderNote = "", placeholderReply = area.placeholder } = area.dataset
    const note = mode === "note"
    const label = (note ? labelNote : labelReply) ?? area.getAttribute("aria-label") ?? ""
    this.editor.describe(label, note ? placeholderNote : placeholderReply)
  }

  leave(): void {
    this.editor.destroy()
    this.parts.area.hidden = false
  }

  private mount(RichEditor: new (host: HTMLElement, html: string, events: EditorEvents) => Editor, html: string): void {
    const focused = this.editor.hasFocus()
    this.editor.destroy()
    this.parts.area.hidden = true
    this.editor = new RichEditor(this.parts.box, html, this.events)
    this.describe()
    if (focused) this.editor.focus()
  }
}
