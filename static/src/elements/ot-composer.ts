/*
 * <ot-composer data-me data-ticket data-draft-url data-upload-url data-max-bytes data-refused data-mode hx-morph-skip><form …>
 * Where an answer or a note is written. A real form: without scripts it posts its textarea. The rich editor loads when
 * the page has settled; until then, or if it can't, the textarea works. Its parts: composer/parts.ts.
 * Dispatches on document: ot:typing, ot:idle {ticket, mode}; ot:sent {ticket, mode}. Hears: ot:undone {html?, mode?}.
 */
import { readChips, type Attached } from "../composer/attachments"
import { Composition } from "../composer/composition"
import { Delivery, type Extra } from "../composer/delivery"
import { DraftTools } from "../composer/draft-tools"
import { takeDrops } from "../composer/drop"
import { PlainEditor, textToHtml, type Editor, type EditorEvents } from "../composer/editor"
import type { SendLater } from "../composer/later"
import { NewsPanel } from "../composer/news"
import { Parts } from "../composer/parts"
import { Recipients } from "../composer/recipients"
import { wishOf } from "../composer/shortcuts"
import { readStored, type Words } from "../composer/stored"
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
  editor!: Editor
  private news!: NewsPanel
  private tools!: DraftTools
  private recipients: Recipients | undefined
  private later: SendLater | undefined
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
    this.news = new NewsPanel(this.parts.notices)
    this.tools = new DraftTools(this, this.parts.notices)
    this.delivery = new Delivery(this, this.parts, this.seen, this.news, {
      sent: (composition, words, leaveTo) => this.sent(composition, words, leaveTo),
      wrongField: (field, reason) => this.wrongField(field, reason),
    })
    const people = this.querySelector<HTMLDetailsElement>(".rcpts")
    const edited = () => this.current.change(this.editor)
    this.recipients = people ? new Recipients(people, this.dataset["ticket"] ?? "", edited, signal) : undefined
    this.uploads = readChips(this.parts.files)
    this.parts.field("format").value = "html"
    this.editor = new PlainEditor(this.parts.area, this.editorEvents)
    this.listen(signal)
    const typed = this.parts.area.value
    this.show(this.mode)
    if (typed.trim()) this.keepTyped(typed)
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
    document.addEventListener("ot:changed", (event) => this.draftChanged(event as CustomEvent), { signal })
    document.addEventListener("visibilitychange", () => document.hidden || void this.tools.catchUp(), { signal })
    document.addEventListener("submit", (event) => this.copying(event), { signal, capture: true })
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

  /** What was typed into the bare textarea before this code was there, behind what is kept of the draft. */
  private keepTyped(typed: string): void {
    this.editor.set(this.current.html + textToHtml(typed))
    this.changed()
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

  get draftUrl(): string {
    return this.dataset["draftUrl"] ?? ""
  }

  get opened(): Iterable<Composition> {
    return this.compositions.values()
  }

  get current(): Composition {
    const found = this.compositions.get(this.mode)
    if (found) return found
    const { mode } = this
    const created = new Composition(this, mode, {
      uploads: this.uploads,
      key: this.compositions.size ? "" : this.parts.field("submit_key").value,
      status: (words) => this.parts.say(words),
      recipients: () => (mode === "reply" ? (this.recipients?.value ?? null) : null),
      outOfSight: (isOnServer) => this.tools.outOfSight(isOnServer),
      filesChanged: () => this.filesChanged(),
      refused: (reason) => addTrouble(this.parts.trouble, reason),
      useWords: () => mode === this.mode && this.showWords(),
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

  write(mode: string): void {
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

  showWords(): void {
    const { html, chips, notice, keeper } = this.current
    this.editor.set(html)
    if (this.mode === "reply") this.recipients?.set(keeper.words.recipients)
    this.parts.files.replaceChildren(...chips)
    this.parts.notices.replaceChildren(...(notice ? [notice] : []))
    this.tools.drawShared()
    this.emptyOrNot()
    clearTrouble(this.parts.trouble)
  }

  private filesChanged(): void {
    this.parts.files.replaceChildren(...this.current.chips)
    this.current.change(this.editor)
  }

  // Sending

  private send(extra: Extra = {}): void {
    void this.delivery.send(this.current, this.editor, { status: "", ...extra })
  }

  private async sendLater(): Promise<void> {
    const popover = this.querySelector<HTMLElement>("#later")
    const anchor = this.querySelector(".split")
    if (!popover || !anchor) return
    const { SendLater } = await import("../composer/later")
    this.later ??= new SendLater(popover, anchor, (later) => this.send({ ...later }))
    this.later.open()
  }

  private wrongField(field: string, reason: string): boolean {
    const isRecipient = ["to", "cc", "bcc"].includes(field)
    if (isRecipient) void this.recipients?.complain(field, reason)
    else if (field === "send_later") this.later?.complain(reason)
    return isRecipient || (field === "send_later" && Boolean(this.later))
  }

  private sent(composition: Composition, words: Words, leaveTo: string): void {
    this.typing.stopped(composition.mode)
    this.lastSent = { mode: composition.mode, words }
    composition.clear()
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

  private draftChanged({ detail }: CustomEvent<{ topics: string[] }>): void {
    const { ticket, me } = this.dataset
    if (!this.delivery.isRunning && detail.topics.includes(`draft:${ticket}:${me}`)) void this.tools.catchUp()
  }

  private copying(event: Event): void {
    const form = closest<HTMLFormElement>(event, "form[data-copy-draft]")
    if (!form) return
    event.preventDefault()
    void this.tools.copy(form.action)
  }

  private threadChanged(): void {
    if (!this.delivery.isRunning && !this.news.isOpen) this.seen.tellArrived(this.parts.notices)
  }

  /** The server gives the words back, this page remembers the files by name; either alone will do. */
  private undone({ detail }: CustomEvent<{ html?: string; mode?: string; version?: number; draft?: object }>): void {
    const sent = this.lastSent
    const html = detail.html ?? sent?.words.html
    const mode = detail.mode ?? sent?.mode
    if (html === undefined || !mode) return
    this.lastSent = undefined
    this.show(mode)
    if (detail.draft && !this.current.keeper.isDirty) this.current.useOther(readStored({ ...detail.draft }))
    else
      this.current.bringBack(
        { html, attachments: sent?.words.attachments ?? [], recipients: sent?.words.recipients ?? null },
        detail.version,
        this.editor,
      )
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
    else if (command === "later") void this.sendLater()
    else if (command === "revisions") void this.tools.history()
    else if (command === "share") void this.tools.share(!this.current.isShared)
    else if (command === "discard") this.tools.discard()
  }

  private sendAs(status: string, event: Event): void {
    event.preventDefault()
    for (const menu of this.querySelectorAll<HTMLElement>("[popover]")) menu.hidePopover()
    this.send({ status })
  }

  private pressed(event: KeyboardEvent): void {
    const remedy = closest(event, ".cerror button")
    const wish = wishOf(event)
    if (wish?.startsWith("send") && this.news.isOpen) {
      if (this.news.mayConfirm(event)) this.delivery.anyway?.()
    } else if (wish === "leave" && this.news.isOpen) this.delivery.keepEditing(this.editor)
    else if (wish?.startsWith("send") && remedy) remedy.click()
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
