/*
 * <ot-words data-label data-placeholder hx-morph-skip><div class="ed"><textarea name="words">…HTML…</textarea></div>
 *   <select class="adder">…placeholders…</select></ot-words>
 * Formatted words in a form: the composer's editor over a textarea that holds their HTML at every moment, so that a plain
 * form sends it. A placeholder that is chosen is put in at the caret. Without the editor the HTML itself can be written.
 */
import type { Editor } from "../composer/editor"
import { showPressed, isCommand } from "../composer/toolbar"
import { button, closest, define, h, icon } from "../lib/dom"
import { text } from "../strings"

const TOOLS = [
  ["bold", "bold"],
  ["italic", "italic"],
  ["bullet", "list"],
  ["ordered", "list-ordered"],
] as const

export class OtWords extends HTMLElement {
  private editor: Editor | undefined
  private listening: AbortController | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    this.querySelector(".adder")?.addEventListener("change", (event) => this.putIn(event), { signal })
    void this.becomeRich(signal)
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    this.editor?.destroy()
    this.editor = undefined
    this.area.hidden = false
    this.querySelector(".tools")?.remove()
  }

  private get area(): HTMLTextAreaElement {
    const found = this.querySelector("textarea")
    if (!found) throw new Error("<ot-words> needs a textarea")
    return found
  }

  private async becomeRich(signal: AbortSignal): Promise<void> {
    const chunk = await import("../composer/tiptap").catch((error: unknown) => console.warn("no rich editor", error))
    const host = this.querySelector<HTMLElement>(".ed")
    if (!chunk || !host || signal.aborted) return
    this.area.hidden = true
    const editor = new chunk.RichEditor(host, this.area.value, {
      changed: () => this.save(),
      moved: () => this.editor && showPressed(this, this.editor),
      files: () => undefined,
    })
    editor.describe(this.dataset["label"] ?? "", this.dataset["placeholder"] ?? "")
    this.editor = editor
    host.before(this.tools(signal))
  }

  private tools(signal: AbortSignal): HTMLElement {
    const bar = h("div.tools", { role: "group", "aria-label": text("words.tools") })
    for (const [command, symbol] of TOOLS) {
      const tool = button("btn ghost icon sm", "", () => undefined)
      tool.dataset["cmd"] = command
      tool.setAttribute("aria-label", text(`words.${command}`))
      tool.append(icon(symbol, "sm"))
      bar.append(tool)
    }
    const run = (event: Event) => {
      const command = closest(event, "[data-cmd]")?.dataset["cmd"]
      if (isCommand(command)) this.editor?.run(command)
    }
    bar.addEventListener("click", run, { signal })
    return bar
  }

  private save(): void {
    if (!this.editor) return
    this.area.value = this.editor.isEmpty() ? "" : this.editor.html()
    this.area.dispatchEvent(new Event("input", { bubbles: true }))
  }

  private putIn(event: Event): void {
    const select = event.target as HTMLSelectElement
    event.stopPropagation() // what counts is what it puts into the words
    const { value } = select
    select.value = ""
    if (!value) return
    if (this.editor) return this.editor.insert(value)
    this.area.setRangeText(value, this.area.selectionStart, this.area.selectionEnd, "end")
    this.area.focus()
    this.area.dispatchEvent(new Event("input", { bubbles: true }))
  }
}

define("ot-words", OtWords)
