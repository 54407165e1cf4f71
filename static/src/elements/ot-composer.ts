/*
 * <ot-composer data-ticket data-draft-url data-upload-url data-max-bytes data-refused data-mode hx-morph-skip><form …>
 * Where an answer or a note is written; the markup it expects is in docs/front-end.md. A real form: without scripts it
 * posts its textarea. The rich editor loads when the page has settled; until then, or if it can't, the textarea works.
 * Dispatches on document: ot:typing, ot:idle {ticket, mode}; ot:sent {ticket, mode}. Hears: ot:undone {html?, mode?}.
 */
import { Composition } from "../composer/composition"
import type { Words } from "../composer/drafts"
import { PlainEditor, type Editor, type EditorEvents } from "../composer/editor"
import { sendMessage } from "../composer/sending"
import { SeenThread } from "../composer/thread"
import { isCommand, showPressed, toggleLinkRow } from "../composer/toolbar"
import { clearTrouble, showTrouble } from "../composer/trouble"
import { TypingSignal } from "../composer/typing"
import { closest, define, h, icon } from "../lib/dom"
import type { Failure } from "../lib/http"
import { showSignIn } from "../lib/sign-in"
import { refresh } from "../live/fragments"
import { plural, text } from "../strings"

export class OtComposer extends HTMLElement {
  private listening: AbortController | undefined
  private editor!: Editor
  private typing!: TypingSignal
  private seen!: SeenThread
  private sending = false
  private readonly compositions = new Map<string, Composition>()
  private lastSent: { mode: string; words: Words } | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    this.typing = new TypingSignal(Number(this.dataset["ticket"] ?? 0))
    this.seen = new SeenThread(this.field("last_event").value)
    this.field("format").value = "html"
    this.editor = new PlainEditor(this.area, this.editorEvents)
    this.addEventListener("click", (event) => this.clicked(event), { signal })
    this.addEventListener("keydown", (event) => this.pressed(event), { signal, capture: true })
    this.addEventListener("change", (event) => this.picked(event), { signal })
    this.form.addEventListener("submit", (event) => this.submitted(event), { signal })
    for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
      this.addEventListener(kind, (event) => this.dragged(event as DragEvent), { signal, capture: true })
    }
    addEventListener("pagehide", () => this.flush(), { signal })
    document.addEventListener("visibilitychange", () => document.hidden && this.flush(), { signal })
    document.addEventListener("ot:refreshed", () => this.threadChanged(), { signal })
    document.addEventListener("ot:undone", (event) => this.undone(event as CustomEvent), { signal })
    addEventListener("online", () => this.compositions.forEach((composition) => composition.keeper.resume()), { signal })
    this.show(this.mode)
    const idle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 200))
    idle(() => void this.becomeRich(signal), { timeout: 800 })
  }

  disconnectedCallback(): void {
    this.flush()
    this.listening?.abort()
    this.typing.stopped(this.mode)
    this.editor.destroy()
  }

  /** Show `mode` (reply or note) and put the caret at the end of its words. */
  write(mode: string): void {
    this.show(mode)
    this.editor.focus()
  }

  // The editor

  private readonly editorEvents: EditorEvents = {
    changed: () => this.changed(),
    moved: () => showPressed(this, this.editor),
    files: (files) => this.current.attachments.add(files),
  }

  private async becomeRich(signal: AbortSignal): Promise<void> {
    const { RichEditor } = await import("../composer/tiptap")
    if (signal.aborted) return
    const focused = this.editor.hasFocus()
    const html = this.editor.isEmpty() ? this.current.html : this.current.words(this.editor).html
    this.editor.destroy()
    this.area.hidden = true
    this.editor = new RichEditor(this.box, html, this.editorEvents)
    this.describe()
    if (focused) this.editor.focus()
  }

  private changed(): void {
    this.seenByWriting()
    this.current.change(this.editor)
    this.classList.toggle("is-empty", this.editor.isEmpty())
    clearTrouble(this.trouble)
    if (!this.editor.isEmpty()) this.typing.typed(this.mode)
  }

  private seenByWriting(): void {
    if (this.editor.isEmpty()) this.seen.end()
    else this.seen.begin()
  }

  // Reply and note

  private get mode(): string {
    return this.field("mode").value || "reply"
  }

  private get current(): Composition {
    const found = this.compositions.get(this.mode)
    if (found) return found
    const created = new Composition(this, this.mode, {
      key: this.compositions.size ? "" : this.field("submit_key").value,
      status: (words) => this.say(words),
      filesChanged: () => this.filesChanged(),
      refused: (reason) => showTrouble(this.trouble, reason),
      useWords: () => this.showWords(),
    })
    this.compositions.set(this.mode, created)
    created.restore()
    return created
  }

  private show(mode: string): void {
    this.field("mode").value = mode
    this.dataset["mode"] = mode
    for (const tab of this.querySelectorAll<HTMLElement>("[role=tab][data-mode]")) {
      const selected = tab.dataset["mode"] === mode
      tab.setAttribute("aria-selected", String(selected))
      tab.tabIndex = selected ? 0 : -1
    }
    this.describe()
    this.showWords()
  }

  private describe(): void {
    const { dataset } = this.area
    const note = this.mode === "note"
    const label = (note ? dataset["labelNote"] : dataset["labelReply"]) ?? this.area.getAttribute("aria-label") ?? ""
    this.editor.describe(label, (note ? dataset["placeholderNote"] : dataset["placeholderReply"]) ?? "")
  }

  private showWords(): void {
    const { html, chips, notice } = this.current
    this.editor.set(html)
    this.classList.toggle("is-empty", this.editor.isEmpty())
    this.files.replaceChildren(...chips)
    this.notices.replaceChildren(...(notice ? [notice] : []))
    this.seenByWriting()
    clearTrouble(this.trouble)
  }

  private filesChanged(): void {
    this.files.replaceChildren(...this.current.chips)
    this.current.change(this.editor)
  }

  // Sending

  private submitted(event: SubmitEvent): void {
    event.preventDefault()
    void this.send()
  }

  private async send(force = false): Promise<void> {
    if (this.sending) return
    const composition = this.current
    const problem = composition.problem(this.editor)
    if (problem) {
      showTrouble(this.trouble, problem)
      if (this.editor.isEmpty()) this.editor.focus()
      return
    }
    this.hold(true)
    const fields = { last_event: this.seen.lastEvent, ...(force ? { force: "1" } : {}) }
    const words = composition.words(this.editor)
    const outcome = await sendMessage(this.form, composition, fields)
    this.hold(false)
    if (outcome.ok) this.sent(composition, words, outcome.leaveTo)
    else this.failed(composition, outcome.failure)
  }

  private hold(on: boolean): void {
    this.sending = on
    this.setAttribute("aria-busy", String(on))
    this.editor.lock(on)
    clearTrouble(this.trouble)
    this.say(on ? text("composer.sending") : "")
  }

  private sent(composition: Composition, words: Words, leaveTo: string): void {
    this.typing.stopped(this.mode)
    this.lastSent = { mode: this.mode, words }
    composition.clear()
    this.field("status").value = ""
    if (leaveTo) return location.assign(leaveTo)
    this.showWords()
    this.editor.focus()
    document.dispatchEvent(new CustomEvent("ot:sent", { detail: { ticket: this.dataset["ticket"], mode: this.mode } }))
    refresh()
  }

  /** The words stay where they are, whatever happened; the reason and the way on are said beside them. */
  private failed(composition: Composition, failure: Failure): void {
    composition.keeper.resume()
    const again = { label: text("composer.try_again"), run: () => void this.send() }
    if (failure.kind === "expired") {
      showTrouble(this.trouble, text("session.expired"), [again])
      showSignIn(() => void this.send())
    } else if (failure.kind === "conflict") {
      refresh()
      const anyway = { label: text("send.anyway"), run: () => void this.send(true) }
      showTrouble(this.trouble, failure.message, [{ label: text("send.show_new"), run: () => this.showNew() }, anyway])
      this.trouble.querySelector<HTMLElement>("button:last-of-type")?.focus()
    } else {
      const retry = ["offline", "timeout", "server", "rate"].includes(failure.kind)
      showTrouble(this.trouble, failure.message, retry ? [again] : [])
      if (!retry) this.editor.focus()
    }
  }

  /** The newest arrival comes into view and counts as seen, so that the next Send is a plain one. */
  private showNew(): void {
    const [first] = this.seen.arrived
    const thread = document.querySelector<HTMLElement>("#conv .scroll")
    if (first) first.scrollIntoView({ block: "start" })
    else thread?.scrollTo({ top: thread.scrollHeight })
    this.seen.catchUp()
    this.notices.querySelector(".arrived")?.remove()
    clearTrouble(this.trouble)
    this.editor.focus()
  }

  private threadChanged(): void {
    const count = this.seen.arrived.length
    const shown = this.notices.querySelector(".arrived")
    if (!count || this.sending) return shown?.remove()
    const show = h("button", { type: "button", "data-show-new": true }, text("composer.show"))
    const notice = h("div.notice.tone-violet.arrived", { role: "status" }, icon("message-square", "sm"), h("span.grow", {}, plural("composer.arrived", count)), show)
    if (shown) shown.replaceWith(notice)
    else this.notices.append(notice)
  }

  /** The server gives the words back, this page remembers the files by name; either alone will do. */
  private undone({ detail }: CustomEvent<{ html?: string; mode?: string; version?: number }>): void {
    const sent = this.lastSent
    const html = detail.html ?? sent?.words.html
    const mode = detail.mode ?? sent?.mode
    if (html === undefined || !mode) return
    this.show(mode)
    this.current.bringBack({ html, attachments: sent?.words.attachments ?? [] }, detail.version, this.editor)
    this.filesChanged()
    this.lastSent = undefined
    this.write(mode)
  }

  // Events of the element

  private clicked(event: Event): void {
    const tab = closest(event, "[role=tab][data-mode]")
    if (tab?.dataset["mode"]) return this.write(tab.dataset["mode"])
    const status = closest(event, "[data-status]")
    if (status) return this.sendAs(status.dataset["status"] ?? "")
    if (closest(event, "[data-show-new]")) return this.showNew()
    const command = closest(event, "[data-cmd]")?.dataset["cmd"]
    if (isCommand(command)) this.editor.run(command)
    else if (command === "link") toggleLinkRow(this.box, this.editor)
    else if (command === "attach") this.picker.click()
  }

  private sendAs(status: string): void {
    this.querySelector<HTMLElement>("[popover]:popover-open")?.hidePopover()
    this.field("status").value = status
    void this.send()
  }

  private pressed(event: KeyboardEvent): void {
    const tab = closest(event, "[role=tab][data-mode]")
    if (tab && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
      this.show(this.mode === "note" ? "reply" : "note")
      this.querySelector<HTMLElement>("[role=tab][aria-selected=true]")?.focus()
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const remedy = closest(event, ".cerror button")
      if (remedy) remedy.click()
      else this.sendAs(event.shiftKey ? "solved" : "")
    } else if (event.key === "Enter" && event.altKey) {
      this.sendAs("pending")
    } else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && this.hasSelection) {
      toggleLinkRow(this.box, this.editor)
    } else if (event.key === "Escape" && this.editor.hasFocus()) {
      this.leave()
    } else return
    event.preventDefault()
    event.stopPropagation()
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
    if (event.target !== this.picker) return
    this.current.attachments.add([...(this.picker.files ?? [])])
    this.picker.value = ""
  }

  private dragged(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes("Files")) return
    event.preventDefault()
    this.classList.toggle("drop", event.type === "dragenter" || event.type === "dragover")
    if (event.type !== "drop") return
    event.stopPropagation()
    this.current.attachments.add([...event.dataTransfer.files])
  }

  private flush(): void {
    for (const { keeper } of this.compositions.values()) keeper.flush()
  }

  // Its parts

  private say(words: string): void {
    const line = this.querySelector(".saved")
    if (line) line.textContent = words
  }

  private field(name: string): HTMLInputElement {
    const found = this.form.querySelector<HTMLInputElement>(`input[name=${name}]`)
    if (found) return found
    const created = h("input", { type: "hidden", name })
    this.form.append(created)
    return created
  }

  private get form(): HTMLFormElement {
    return this.need("form")
  }

  private get area(): HTMLTextAreaElement {
    return this.need("textarea[name=body]")
  }

  private get box(): HTMLElement {
    return this.need(".ed")
  }

  private get files(): HTMLElement {
    return this.need(".files")
  }

  private get trouble(): HTMLElement {
    return this.need(".cerror")
  }

  private get notices(): HTMLElement {
    return this.need(".notices")
  }

  private get picker(): HTMLInputElement {
    return this.need("input[type=file]")
  }

  private need<E extends HTMLElement>(selector: string): E {
    const found = this.querySelector<E>(selector)
    if (!found) throw new Error(`<ot-composer> needs ${selector}`)
    return found
  }
}

define("ot-composer", OtComposer)
