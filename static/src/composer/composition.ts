/* One message being written: the words and files of one mode, with their draft. The composer shows one of these at a time. */
import { button, h, icon } from "../lib/dom"
import { text } from "../strings"
import { Attachments, type Attached } from "./attachments"
import { DraftKeeper } from "./drafts"
import type { Editor } from "./editor"
import type { RecipientLists, StoredDraft, Words } from "./stored"

export interface CompositionEvents {
  /** The submit key the server rendered, for the first composition. */
  key: string
  /** The files the server knows for this ticket's drafts. */
  uploads: ReadonlyMap<number, Attached>
  status(words: string): void
  /** Whom the writer chose; null for the usual ones. */
  recipients(): RecipientLists | null
  /** The ticket is out of sight: the words are kept, and where is said. */
  outOfSight(isOnServer: boolean): void
  filesChanged(): void
  refused(reason: string): void
  /** The words were replaced by another device's. */
  useWords(): void
}

export class Composition {
  readonly keeper: DraftKeeper
  readonly attachments: Attachments
  /** The question which of two drafts to keep, while it is open. */
  notice: HTMLElement | undefined
  /** Colleagues may read along. */
  isShared = false

  constructor(
    private readonly host: HTMLElement,
    readonly mode: string,
    private readonly events: CompositionEvents,
  ) {
    const { me = "", ticket = "", draftUrl: url = "" } = host.dataset
    const say = { saving: text("draft.saving"), saved: text("draft.saved"), here: text("draft.saved_here") }
    this.keeper = new DraftKeeper(
      { me, ticket: ticket || "new", mode, url },
      {
        status: (state) => {
          if (state === "hidden" || state === "gone") events.outOfSight(state === "hidden")
          events.status(say[state === "hidden" ? "saved" : state === "gone" ? "here" : state])
        },
        conflict: (other) => this.ask(other),
        refused: (reason) => events.refused(reason),
      },
      events.key,
    )
    this.attachments = new Attachments(rulesOf(host), { changed: events.filesChanged, refused: events.refused })
  }

  get html(): string {
    return this.keeper.words.html
  }

  get chips(): HTMLLIElement[] {
    return this.attachments.chips
  }

  restore(): void {
    this.attachments.load(this.keeper.restore(this.serverDraft()).attachments)
  }

  words(editor: Editor): Words {
    const html = editor.isEmpty() ? "" : editor.html()
    return { html, attachments: this.attachments.list, recipients: this.events.recipients() }
  }

  change(editor: Editor, keepsOld = false): void {
    this.keeper.change(this.words(editor), keepsOld)
  }

  /** Another tab or device of the same person has saved. */
  async hear(stored: StoredDraft, asked: number): Promise<void> {
    this.isShared = stored.shared ?? false
    if (await this.keeper.hear(stored, asked)) this.adopted()
  }

  /** Put the words and files of a send that was taken back before what has been written since. */
  bringBack(words: Words, version: number | undefined, editor: Editor): void {
    const since = editor.isEmpty() ? "" : editor.html()
    editor.set(words.html + since)
    this.attachments.load([...words.attachments, ...this.attachments.list])
    if (version && !since) this.keeper.restored(words, version)
    else this.change(editor)
  }

  /** Why this can't be sent yet, in words; "" when it can. */
  problem(editor: Editor): string {
    const { template } = this.host.dataset
    if (this.mode === "reply" && template !== undefined) return template ? "" : text("ways.choose_template")
    if (this.attachments.isUploading) return text("attachment.wait")
    return editor.isEmpty() && !this.attachments.list.length ? text("composer.empty") : ""
  }

  clear(): void {
    this.keeper.clear()
    this.attachments.clear()
    this.notice = undefined
    this.isShared = false
  }

  private serverDraft(): StoredDraft | undefined {
    const template = this.host.querySelector<HTMLTemplateElement>(`template[data-draft="${this.mode}"]`)
    if (!template) return undefined
    const ids = (template.dataset["attachments"] ?? "").split(" ").filter(Boolean).map(Number)
    const attachments = ids.flatMap((id) => this.events.uploads.get(id) ?? [])
    const version = Number(template.dataset["version"] ?? 0)
    const recipients = "recipients" in template.dataset ? this.events.recipients() : null
    this.isShared = "shared" in template.dataset
    return { html: template.innerHTML.trim(), version, attachments, recipients }
  }

  private ask(other: StoredDraft): void {
    const choose = (run: () => void) => () => {
      this.notice?.remove()
      this.notice = undefined
      run()
      this.host.querySelector<HTMLElement>(".ed [contenteditable=true], .ed textarea:not([hidden])")?.focus()
    }
    const mine = button(
      "",
      text("draft.keep_mine"),
      choose(() => this.keeper.keepMine()),
    )
    const theirs = button(
      "",
      text("draft.use_other"),
      choose(() => this.useOther(other)),
    )
    this.notice?.remove()
    this.notice = h(
      "div.notice.tone-blue",
      { role: "alert" },
      icon("users", "sm"),
      h("span.grow", {}, text("draft.newer")),
      mine,
      theirs,
    )
    this.host.querySelector(".notices")?.append(this.notice)
  }

  /** The words that the server gave: a send that was taken back, a copy, the other device's. */
  useOther(other: StoredDraft): void {
    this.keeper.useOther(other)
    this.adopted()
  }

  private adopted(): void {
    this.attachments.load(this.keeper.words.attachments)
    this.events.useWords()
  }
}

function rulesOf(host: HTMLElement) {
  const { uploadUrl = "", ticket = "", maxBytes = "0", refused = "" } = host.dataset
  const suffixes = refused
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
  return {
    url: uploadUrl,
    ticket,
    mostBytes: Number(maxBytes),
    refused: new Set(suffixes.map((suffix) => (suffix.startsWith(".") ? suffix : `.${suffix}`))),
  }
}
