/*
 * <ot-composer data-me data-ticket data-draft-url data-upload-url data-max-bytes data-refused data-mode hx-morph-skip><form …>
 * Where an answer or a note is written. A real form: without scripts it posts its textarea. The rich editor loads when
 * the page has settled; until then, or if it can't, the textarea works. Its parts: composer/parts.ts.
 * Dispatches on document: ot:typing, ot:idle {ticket, mode}; ot:sent {ticket, mode}. Hears: ot:undone {html?, mode?}.
 */
import { readChips, type Attached } from "../composer/attachments"
import { Composition } from "../composer/composition"
import { Controls } from "../composer/controls"
import { Delivery, type Extra } from "../composer/delivery"
import { DraftTools } from "../composer/draft-tools"
import { takeDrops } from "../composer/drop"
import { textToHtml, type Editor } from "../composer/editor"
import { EditorPlace } from "../composer/editor-place"
import type { SendLater } from "../composer/later"
import { Macros } from "../composer/macros/use"
import type { Plan } from "../composer/macros/waiting"
import { NewsPanel } from "../composer/news"
import { Parts } from "../composer/parts"
import { Recipients } from "../composer/recipients"
import { readStored, type Words } from "../composer/stored"
import { selectTab } from "../composer/tabs"
import { SeenThread } from "../composer/thread"
import { showPressed } from "../composer/toolbar"
import { addTrouble, clearTrouble } from "../composer/trouble"
import { TypingSignal } from "../composer/typing"
import type { Ways } from "../composer/ways"
import { announce, closest, define } from "../lib/dom"
import { refresh } from "../live/fragments"
import { text } from "../strings"

interface Undone {
  url?: string
  ticket?: number
  html?: string
  mode?: string
  version?: number
  draft?: object
}

export class OtComposer extends HTMLElement {
  readonly parts = new Parts(this)
  news!: NewsPanel
  tools!: DraftTools
  delivery!: Delivery
  macros!: Macros
  private readonly compositions = new Map<string, Composition>()
  private listening: AbortController | undefined
  private place!: EditorPlace
  private recipients: Recipients | undefined
  private later: SendLater | undefined
  private ways: Ways | undefined
  private typing!: TypingSignal
  private seen!: SeenThread
  private uploads: ReadonlyMap<number, Attached> = new Map()
  private lastSent: { mode: string; words: Words; plan: Plan } | undefined

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
    this.place = new EditorPlace(this, this.parts, {
      changed: () => this.changed(),
      moved: () => showPressed(this, this.editor),
      files: (files) => this.current.attachments.add(files),
    })
    this.macros = new Macros(this, signal)
    new Controls(this, signal)
    this.listen(signal)
    const typed = this.parts.area.value
    this.show(this.parts.mode)
    if (this.querySelector(".ways")) void this.chooseWays(signal)
    if (typed.trim()) this.keepTyped(typed)
    const idle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 200))
    idle(() => void this.place.becomeRich(() => this.current.html, signal), { timeout: 800 })
  }

  disconnectedCallback(): void {
    this.flush()
    this.listening?.abort()
    this.typing.stopped(this.parts.mode)
    this.place.leave()
  }

  private listen(signal: AbortSignal): void {
    takeDrops(this, (files) => this.current.attachments.add(files), signal)
    addEventListener("pagehide", () => this.flush(), { signal })
    document.addEventListener("visibilitychange", () => document.hidden && this.flush(), { signal })
    document.addEventListener("ot:refreshed", () => this.threadChanged(), { signal })
    document.addEventListener("ot:undone", (event) => this.undone(event as CustomEvent), { signal })
    addEventListener("online", () => this.compositions.forEach(({ keeper }) => keeper.resume()), { signal })
    document.addEventListener("click", (event) => void this.giveArticle(event), { signal })
    this.tools.listen(signal)
  }

  // The words

  get editor(): Editor {
    return this.place.editor
  }

  private changed(): void {
    this.current.change(this.editor)
    this.emptyOrNot()
    this.ways?.count()
    clearTrouble(this.parts.trouble)
    if (!this.editor.isEmpty()) this.typing.typed(this.parts.mode)
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
      this.typing.emptied(this.parts.mode)
    } else this.seen.begin()
  }

  // Reply and note

  get draftUrl(): string {
    return this.dataset["draftUrl"] ?? ""
  }

  get opened(): Iterable<Composition> {
    return this.compositions.values()
  }

  get current(): Composition {
    const { mode } = this.parts
    const found = this.compositions.get(mode)
    if (found) return found
    const created = new Composition(this, mode, {
      uploads: this.uploads,
      key: this.compositions.size ? "" : this.parts.field("submit_key").value,
      status: (words) => this.parts.say(words),
      recipients: () => (mode === "reply" ? (this.recipients?.value ?? null) : null),
      outOfSight: (isOnServer) => this.tools.outOfSight(isOnServer),
      filesChanged: () => this.filesChanged(),
      refused: (reason) => addTrouble(this.parts.trouble, reason),
      useWords: () => mode === this.parts.mode && this.showWords(),
    })
    this.compositions.set(mode, created)
    created.restore()
    return created
  }

  show(mode: string): void {
    this.parts.field("mode").value = mode
    this.dataset["mode"] = mode
    selectTab(this, mode)
    this.place.describe()
    this.showWords()
  }

  write(mode: string): void {
    this.show(mode)
    this.editor.focus()
  }

  showWords(): void {
    const { html, chips, notice, keeper } = this.current
    this.editor.set(html)
    if (this.parts.mode === "reply") this.recipients?.set(keeper.words.recipients)
    this.parts.files.replaceChildren(...chips)
    this.parts.notices.replaceChildren(...(notice ? [notice] : []))
    this.tools.drawShared()
    this.emptyOrNot()
    this.ways?.count()
    clearTrouble(this.parts.trouble)
  }

  private filesChanged(): void {
    this.parts.files.replaceChildren(...this.current.chips)
    this.current.change(this.editor)
    this.ways?.count()
  }

  /** Where a reply can go by other channels than e-mail. */
  private async chooseWays(signal: AbortSignal): Promise<void> {
    const { Ways } = await import("../composer/ways")
    if (signal.aborted) return
    const events = {
      html: () => this.editor.html(),
      hasFiles: () => this.current.attachments.list.length > 0,
      write: () => this.write("reply"),
    }
    this.ways = new Ways(this, events, signal)
  }

  // Sending

  send(extra: Extra = {}): void {
    void this.delivery.send(this.current, this.editor, { status: "", ...extra })
  }

  async sendLater(): Promise<void> {
    const popover = this.querySelector<HTMLElement>("#later")
    const anchor = this.querySelector(".split")
    if (!popover || !anchor) return
    const { SendLater } = await import("../composer/later")
    this.later ??= new SendLater(popover, anchor, (later) => this.send({ ...later }))
    this.later.open()
  }

  async findArticle(): Promise<void> {
    const { findArticle } = await import("../composer/articles")
    await findArticle(this)
  }

  /** The buttons of the articles beside the ticket. */
  private async giveArticle(event: Event): Promise<void> {
    const asked = closest(event, "[data-give], [data-find-article]")
    if (!asked) return
    event.preventDefault()
    if ("findArticle" in asked.dataset) return this.findArticle()
    const { give } = await import("../composer/articles")
    await give(this, Number(asked.dataset["article"]), asked.dataset["give"] === "text" ? "text" : "link")
  }

  private wrongField(field: string, reason: string): boolean {
    const isRecipient = ["to", "cc", "bcc"].includes(field)
    if (isRecipient) void this.recipients?.complain(field, reason)
    else if (field === "send_later") this.later?.complain(reason)
    return isRecipient || (field === "send_later" && Boolean(this.later))
  }

  private sent(composition: Composition, words: Words, leaveTo: string): void {
    this.typing.stopped(composition.mode)
    this.lastSent = { mode: composition.mode, words, plan: this.macros.waiting.value }
    composition.clear()
    this.macros.waiting.clear()
    if (leaveTo) return location.assign(leaveTo)
    this.showWords()
    this.editor.focus()
    announce("ot:sent", { ticket: this.dataset["ticket"], mode: composition.mode })
    refresh([`ticket:${this.dataset["ticket"]}`])
  }

  showNew(): void {
    this.seen.showArrived(this.parts.notices)
    clearTrouble(this.parts.trouble)
    this.editor.focus()
  }

  private threadChanged(): void {
    if (!this.delivery.isRunning && !this.news.isOpen) this.seen.tellArrived(this.parts.notices)
  }

  /**
   * The server gives the words back, this page remembers the files by name. Its reader may have gone on to another
   * ticket since: then they stay where they belong, and it is said where.
   */
  private undone({ detail }: CustomEvent<Undone>): void {
    const { ticket, url } = detail
    if (url && !url.includes("/retraction/")) return // it was no message that was taken back
    if (ticket && String(ticket) !== this.dataset["ticket"]) {
      const there = { href: `/agent/tickets/${ticket}/`, label: text("composer.show") }
      return announce("ot:toast", { text: text("draft.back_elsewhere", { ticket }), ...there })
    }
    const sent = this.lastSent
    const html = detail.html ?? sent?.words.html
    const mode = detail.mode ?? sent?.mode
    if (html === undefined || !mode) return
    this.lastSent = undefined
    this.show(mode)
    if (sent) this.macros.waiting.set(sent.plan) // the server has taken back what it changed
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

  private flush(): void {
    for (const { keeper } of this.compositions.values()) keeper.flush()
  }
}

define("ot-composer", OtComposer)
