/*
 * <ot-body data-language data-picture-url data-links-url data-blocks-url data-markdown-url data-placeholder data-drop hx-morph-skip>
 *   <div class="ed" lang dir><textarea name="body" aria-label>…HTML…</textarea></div></ot-body>
 * The editor of articles over a field that holds their HTML at every moment, so that a plain form sends it. Without the
 * editor the HTML itself can be written. Whoever changes the field and dispatches ot:set on it is shown the new words.
 */
import { askBlock, askMarkdown, askVideo } from "../article/dialogs"
import { toggleLinkRow } from "../article/link-row"
import { insertTable } from "../article/tables"
import { offeredBlocks } from "../article/offers"
import { addPictures, choosePictures, editPicture } from "../article/pictures"
import { putIn } from "../article/put-in"
import { BodyEditor } from "../article/rich"
import { Tools } from "../article/tools"
import { takeDrops } from "../composer/drop"
import { textToHtml } from "../composer/editor"
import { define } from "../lib/dom"
import { parseObject, request } from "../lib/http"
import { text } from "../strings"

export class OtBody extends HTMLElement {
  editor: BodyEditor | undefined
  private tools: Tools | undefined
  private listening: AbortController | undefined

  connectedCallback(): void {
    const host = this.querySelector<HTMLElement>(".ed")
    if (!host || this.editor) return
    this.listening = new AbortController()
    const { signal } = this.listening
    const { area } = this
    area.hidden = true
    this.editor = new BodyEditor(host, area.value, this.described, {
      changed: () => this.save(),
      moved: () => this.tools?.show(),
      pictures: (files) => this.editor && addPictures(this.editor.tiptap, this.address("pictureUrl"), files),
      markdown: (words) => void this.putMarkdown(words),
    })
    this.tools = new Tools(this.editor.tiptap, signal)
    host.before(this.tools.row)
    this.tools.show()
    this.addEventListener("ot:insert", (event) => this.asked(event as CustomEvent<{ id: string }>), { signal })
    this.addEventListener("ot:edit-node", (event) => this.edited(event as CustomEvent<{ at: number }>), { signal })
    this.addEventListener("keydown", (event) => this.pressed(event), { signal })
    area.addEventListener("ot:set", () => this.editor?.set(area.value), { signal })
    takeDrops(this, (files) => this.dropped(files), signal)
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    this.editor?.destroy()
    this.editor = undefined
    this.tools?.row.remove()
    this.area.hidden = false
  }

  get area(): HTMLTextAreaElement {
    const found = this.querySelector("textarea")
    if (!found) throw new Error("<ot-body> needs a textarea")
    return found
  }

  /** Asks for Markdown in a dialog and puts it in at the caret. */
  askMarkdown(): void {
    askMarkdown((words) => this.putMarkdown(words))
  }

  private get described() {
    const { language = "", placeholder = "" } = this.dataset
    return { label: this.area.getAttribute("aria-label") ?? "", placeholder, language }
  }

  private address(name: string): string {
    return this.dataset[name] ?? ""
  }

  private save(): void {
    if (!this.editor) return
    this.area.value = this.editor.html()
    this.area.dispatchEvent(new Event("input", { bubbles: true }))
  }

  private asked(event: CustomEvent<{ id: string }>): void {
    const tiptap = this.editor?.tiptap
    if (!tiptap) return
    const { id } = event.detail
    if (id === "picture") choosePictures(tiptap, this.address("pictureUrl"))
    else if (id === "link") this.toggleLink()
    else if (id === "table") insertTable(tiptap)
    else if (id === "markdown") this.askMarkdown()
    else if (id === "video") {
      askVideo((at) => putIn(tiptap, { type: "video", attrs: { at } }))
    } else if (id === "block") void this.askBlock()
  }

  private async askBlock(): Promise<void> {
    const blocks = await offeredBlocks(this)
    const tiptap = this.editor?.tiptap
    if (tiptap) askBlock(blocks, ({ id }) => putIn(tiptap, { type: "reusable", attrs: { number: String(id) } }))
  }

  private toggleLink(): void {
    if (this.editor && this.tools) toggleLinkRow(this.tools.row, this.editor.tiptap)
  }

  private edited(event: CustomEvent<{ at: number }>): void {
    if (this.editor) editPicture(this.editor.tiptap, event.detail.at)
  }

  private pressed(event: KeyboardEvent): void {
    const isLink =
      (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k"
    const tiptap = this.editor?.tiptap
    if (!isLink || !tiptap || (tiptap.state.selection.empty && !tiptap.isActive("link"))) return
    event.preventDefault()
    event.stopPropagation()
    this.toggleLink()
  }

  private dropped(files: File[]): void {
    const pictures = files.filter(({ type }) => type.startsWith("image/"))
    if (this.editor && pictures.length) addPictures(this.editor.tiptap, this.address("pictureUrl"), pictures)
    else this.say(text("article.only_pictures"))
  }

  /** Answers what went wrong, or "". Pasted Markdown that can't be read now is put in as the words it is. */
  private async putMarkdown(words: string): Promise<string> {
    const headers = { "Content-Type": "application/json" }
    const body = JSON.stringify({ text: words })
    const outcome = await request(this.address("markdownUrl"), { method: "POST", headers, body })
    if (outcome.ok) {
      this.editor?.insert(String(parseObject(await outcome.response.text())["html"] ?? ""))
      return ""
    }
    if (!document.querySelector("dialog[open]")) this.editor?.insert(textToHtml(words))
    return "message" in outcome.failure ? outcome.failure.message : text("session.expired")
  }

  private say(words: string): void {
    const toast = new CustomEvent("ot:toast", { detail: { text: words, tone: "amber" } })
    document.dispatchEvent(toast)
  }
}

define("ot-body", OtBody)
