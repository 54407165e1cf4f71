/*
 * <ot-composer data-me data-ticket data-draft-url data-upload-url data-max-bytes data-refused data-mode hx-morph-skip><form …>
 * Where an answer or a note is written. A real form: without scripts it posts its textarea. The rich editor loads when
 * the page has settled; until then, or if it can't, the textarea works. Its parts: composer/parts.ts.
 * Dispatches on document: ot:typing, ot:idle {ticket, mode}; ot:sent {ticket, mode}. Hears: ot:undone {html?, mode?}.
 */
import { readChips, type Attached } from "../composer/attachments"
import { Composition } from "../composer/composition"
import { Delivery } from "../composer/delivery"
import type { Words } from "../composer/drafts"
import { takeDrops } from "../composer/drop"
import { PlainEditor, type Editor, type EditorEvents } from "../composer/editor"
import { Parts } from "../composer/parts"
import { wishOf } from "../composer/shortcuts"
import { SeenThread } from "../composer/thread"
import { isCommand, showPressed, toggleLinkRow } from "../composer/toolbar"
import { addTrouble, clearTrouble } from "../composer/trouble"
import { TypingSignal } from "../composer/typing"
import { announce, closest, define } from "../lib/dom"
import { refresh } from "../live/fragments"

export class OtComposer extends HTMLElement {
  private readonly parts = new Parts(this)
  private readonly compositions = new Map<string, Composition>()
  private listening: AbortController | undefined
  private editor!: Editor
  private typing!: TypingSignal
  private seen!: SeenThread
  private delivery!: Delivery
  private uploads: ReadonlyMap<number, Attached> = new Map()
  private lastSent: { mode: string; words: Words } | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    this.typing = new TypingSignal(Number(this.dataset["ticket"] ?? 0))
    this.seen = new SeenThread(this.parts.field("last_event").value)
    this.delivery = new Delivery(this, this.parts, this.seen, {
      sent: (composition, words, leaveTo) => this.sent(composition, words, leaveTo),
      showNew: () => this.showNew(),
    })
    this.uploads = readChips(this.parts.files)
    this.parts.field("format").value = "html"
    this.editor = new PlainEditor(this.parts.area, this.editorEvents)
    this.listen(signal)
    this.show(this.mode)
    const idle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 200))
    idle(() => void this.becomeRich(signal), { timeout: 800 })
  }

  disconnectedCallback(): void {
    this.flush()
    this.listening?.abort()
    this.typing.stopped(this.mode)
    this.editor.destroy()
    this.parts.area.hidden = false
  }

  private listen(signal: AbortSignal): void {
    this.addEventListener("click", (event) => this.clicked(event), { signal })
    this.addEventListener("keydown", (event) => this.pressed(event), { signal, capture: true })
    this.addEventListener("change", (event) => this.picked(event), { signal })
    this.addEventListener("submit", (event) => this.submitted(event), { signal })
    takeDrops(this, (files) => this.current.attachments.add(files), signal)
    addEventListener("pagehide", () => this.flush(), { signal })
    document.addEventListener("visibilitychange", () => document.hidden && this.flush(), { signal })
    document.addEventListener("ot:refreshed", () => this.threadChanged(), { signal })
    document.addEventListener("ot:undone", (event) => this.undone(event as CustomEvent), { signal })
    addEventListener("online", () => this.compositions.forEach(({ keeper }) => keeper.resume()), { signal })
  }

  // The editor

  private readonly editorEvents: EditorEvents = {
    changed: () => this.changed(),
    moved: () => showPressed(this, this.editor),
    files: (files) => this.current.attachments.add(files),
  }

  /** Without the chunk (a connection lost, a new version rolled out) the textarea stays, and its tools go. */
  private async becomeRich(signal: AbortSignal): Promise<void> {
    const chunk = await import("../composer/tiptap").catch((error: unknown) => console.warn("no rich editor", error))
    if (signal.aborted) return
    this.dataset["editor"] = chunk ? "rich" : "plain"
    if (chunk) this.mountRich(chunk.RichEditor)
  }

  private mountRich(RichEditor: new (host: HTMLElement, html: string, events: EditorEvents) => Editor): void {
    const focused = this.editor.hasFocus()
    const { html } = this.current
    this.editor.destroy()
    this.parts.area.hidden = true
    this.editor = new RichEditor(this.parts.box, html, this.editorEvents)
    this.describe()
    if (focused) this.editor.focus()
  }

  private changed(): void {
    this.current.change(this.editor)
    this.emptyOrNot()
    clearTrouble(this.parts.trouble)
    if (!this.editor.isEmpty()) this.typing.typed(this.mode)
  }

  private emptyOrNot(): void {
    const empty = this.editor.isEmpty()
    this.classList.toggle("is-empty", empty)
    if (empty) {
      this.seen.end()
      this.typing.emptied(this.mode)
    } else this.seen.begin()
  }

  // Reply and note

  private get mode(): string {
    return this.parts.field("mode").value || "reply"
  }

  private get current(): Composition {
    const found = this.compositions.get(this.mode)
    if (found) return found
    const created = new Composition(this, this.mode, {
      uploads: this.uploads,
      key: this.compositions.size ? "" : this.parts.field("submit_key").value,
      status: (words) => this.parts.say(words),
      filesChanged: () => this.filesChanged(),
      refused: (reason) => addTrouble(this.parts.trouble, reason),
      useWords: () => this.showWords(),
    })
    this.compositions.set(this.mode, created)
    created.restore()
    return created
  }

  private show(mode: string): void {
    this.parts.field("mode").value = mode
    this.dataset["mode"] = mode
    for (const tab of this.querySelectorAll<HTMLElement>("[role=tab][data-mode]")) {
      const selected = tab.dataset["mode"] === mode
      tab.setAttribute("aria-selected", String(selected))
      tab.tabIndex = selected ? 0 : -1
    }
    this.describe()
    this.showWords()
  }

  private write(mode: string): void {
    this.show(mode)
    this.editor.focus()
  }

  private describe(): void {
    const { area } = this.parts
    const { labelNote, labelReply, placeholderNote = "", placeholderReply = area.placeholder } = area.dataset
    const note = this.mode === "note"
    const label = (note ? labelNote : labelReply) ?? area.getAttribute("aria-label") ?? ""
    this.editor.describe(label, note ? placeholderNote : placeholderReply)
  }

  private showWords(): void {
    const { html, chips, notice } = this.current
    this.editor.set(html)
    this.parts.files.replaceChildren(...chips)
    this.parts.notices.replaceChildren(...(notice ? [notice] : []))
    this.emptyOrNot()
    clearTrouble(this.parts.trouble)
  }

  private filesChanged(): void {
    this.parts.files.replaceChildren(...this.current.chips)
    this.current.change(this.editor)
  }

  // Sending

  private send(): void {
    void this.delivery.send(this.current, this.editor)
  }

  private sent(composition: Composition, words: Words, leaveTo: string): void {
    this.typing.stopped(composition.mode)
    this.lastSent = { mode: composition.mode, words }
    composition.clear()
    this.parts.field("status").value = ""
    if (leaveTo) return location.assign(leaveTo)
    this.showWords()
    this.editor.focus()
    announce("ot:sent", { ticket: this.dataset["ticket"], mode: composition.mode })
    refresh([`ticket:${this.dataset["ticket"]}`])
  }

  private showNew(): void {
    this.seen.showArrived(this.parts.notices)
    clearTrouble(this.parts.trouble)
    this.editor.focus()
  }

  private threadChanged(): void {
    if (!this.delivery.isRunning) this.seen.tellArrived(this.parts.notices)
  }

  /** The server gives the words back, this page remembers the files by name; either alone will do. */
  private undone({ detail }: CustomEvent<{ html?: string; mode?: string; version?: number }>): void {
    const sent = this.lastSent
    const html = detail.html ?? sent?.words.html
    const mode = detail.mode ?? sent?.mode
    if (html === undefined || !mode) return
    this.lastSent = undefined
    this.show(mode)
    this.current.bringBack({ html, attachments: sent?.words.attachments ?? [] }, detail.version, this.editor)
    this.showWords()
    this.editor.focus()
  }

  // Events

  private submitted(event: Event): void {
    event.preventDefault()
    this.send()
  }

  private clicked(event: Event): void {
    const tab = closest(event, "[role=tab][data-mode]")
    if (tab?.dataset["mode"]) return this.write(tab.dataset["mode"])
    const status = closest(event, "[data-status]")
    if (status) return this.sendAs(status.dataset["status"] ?? "", event)
    if (closest(event, "[data-show-new]")) return this.showNew()
    const command = closest(event, "[data-cmd]")?.dataset["cmd"]
    if (isCommand(command)) this.editor.run(command)
    else if (command === "link") toggleLinkRow(this.parts.box, this.editor)
    else if (command === "attach") this.parts.picker.click()
  }

  private sendAs(status: string, event: Event): void {
    event.preventDefault()
    for (const menu of this.querySelectorAll<HTMLElement>("[popover]")) menu.hidePopover()
    this.parts.field("status").value = status
    this.send()
  }

  private pressed(event: KeyboardEvent): void {
    const remedy = closest(event, ".cerror button")
    const wish = wishOf(event)
    if (wish?.startsWith("send") && remedy) remedy.click()
    else if (wish === "send") this.sendAs("", event)
    else if (wish === "send solved" || wish === "send pending") this.sendAs(wish.slice(5), event)
    else if (wish === "link" && this.hasSelection) toggleLinkRow(this.parts.box, this.editor)
    else if (wish === "leave" && this.editor.hasFocus()) this.leave()
    else if (!this.switchedTab(event)) return
    event.preventDefault()
    event.stopPropagation()
  }

  private switchedTab(event: KeyboardEvent): boolean {
    if (!closest(event, "[role=tab][data-mode]") || !["ArrowLeft", "ArrowRight"].includes(event.key)) return false
    this.show(this.mode === "note" ? "reply" : "note")
    this.querySelector<HTMLElement>("[role=tab][aria-selected=true]")?.focus()
    return true
  }

  private get hasSelection(): boolean {
    return this.editor.isRich && this.editor.hasFocus() && !getSelection()?.isCollapsed
  }

  /** Escape leaves the editor for the conversation, where single keys work again. */
  private leave(): void {
    const thread = document.querySelector<HTMLElement>("#conv .scroll[tabindex]")
    if (thread) thread.focus()
    else if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  }

  private picked(event: Event): void {
    const { picker } = this.parts
    if (event.target !== picker) return
    this.current.attachments.add([...(picker.files ?? [])])
    picker.value = ""
  }

  private flush(): void {
    for (const { keeper } of this.compositions.values()) keeper.flush()
  }
}

define("ot-composer", OtComposer)
