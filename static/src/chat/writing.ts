/*
 * What is being written in one chat: Enter sends, Shift Enter is a new line. Words are kept in this browser while they
 * are written; files, macros with their changes, articles and emoji go in by button, key, paste and drop.
 */
import type { Attached } from "../composer/attachments"
import { Attachments } from "../composer/attachments"
import { takeDrops } from "../composer/drop"
import { addTrouble, clearTrouble, showTrouble } from "../composer/trouble"
import { closest } from "../lib/dom"
import { readLocal, removeLocal, writeLocal } from "../lib/storage"
import { altKey } from "./chat-keys"
import { pickEmoji } from "./emoji"
import { Inserting, type Words } from "./inserting"
import type { Unsent } from "./outbox"
import { Slash } from "./slash"
import { word } from "./words"

const KEPT_AFTER = 300
const TYPING_EVERY = 2_500
const TYPING_ENDS = 4_000

export interface WritingHost extends HTMLElement {
  readonly ticket: string
  send(words: Pick<Unsent, "mode" | "text" | "files" | "more">): void
  /** Its visitor may see that somebody writes. */
  typing(on: boolean): void
}

interface Kept {
  text: string
  files: Attached[]
  mode: "reply" | "note"
}

export class Writing implements Words {
  readonly area: HTMLTextAreaElement
  private readonly form: HTMLFormElement
  private readonly trouble: HTMLElement
  private readonly attachments: Attachments
  private readonly slash: Slash
  private readonly inserting: Inserting
  private keeping: ReturnType<typeof setTimeout> | undefined
  private typedAt: number | undefined
  private stopped: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly host: WritingHost,
    signal: AbortSignal,
  ) {
    this.form = need(host, ".cwrite")
    this.area = need(this.form, "textarea")
    this.trouble = need(this.form, ".cerror")
    const { uploadUrl = "", maxBytes = "0", refused = "" } = host.dataset
    const rules = {
      url: uploadUrl,
      ticket: host.ticket,
      mostBytes: Number(maxBytes),
      refused: new Set(refused.split(" ")),
    }
    this.attachments = new Attachments(rules, {
      changed: () => this.filesChanged(),
      refused: (reason) => addTrouble(this.trouble, reason),
    })
    this.slash = new Slash(this.slashHost(), this.form)
    this.inserting = new Inserting(host, this, need(this.form, ".waiting"), this.trouble)
    this.listen(signal)
    this.restore()
  }

  get mode(): "reply" | "note" {
    return this.form.dataset["mode"] === "note" ? "note" : "reply"
  }

  /** `canReply`: this person talks with the visitor; else there are notes only. */
  allow(canReply: boolean, canNote: boolean): void {
    this.form.hidden = !canReply && !canNote
    const toggle = need<HTMLButtonElement>(this.form, "[data-do=note]")
    toggle.disabled = !canReply
    if (!canReply) this.write("note")
    else if (toggle.dataset["forced"]) this.write("reply")
    toggle.dataset["forced"] = canReply ? "" : "1"
  }

  focus(): void {
    this.area.focus()
  }

  insert(words: string): void {
    const { area } = this
    area.setRangeText(words, area.selectionStart, area.selectionEnd, "end")
    this.changed()
    area.focus()
  }

  takeFiles(files: readonly Attached[]): void {
    this.attachments.take(files)
  }

  /** Back into the field: the server did not take them. */
  putBack(unsent: Unsent): void {
    this.write(unsent.mode)
    this.area.value = [unsent.text, this.area.value].filter(Boolean).join("\n")
    this.attachments.take(unsent.files)
    this.changed()
    this.area.focus()
  }

  send(): void {
    if (this.attachments.isUploading) return showTrouble(this.trouble, word("uploading"))
    const words = this.area.value.trim()
    const files = this.attachments.list
    if (!words && !files.length) return
    const note = this.mode === "note"
    const more: [string, string][] = note ? [] : this.inserting.plan()
    this.host.send({ mode: this.mode, text: words, files, more })
    this.area.value = ""
    this.attachments.load([])
    if (!note) this.inserting.clear()
    clearTrouble(this.trouble)
    clearTimeout(this.keeping)
    removeLocal(this.key)
    this.stopTyping()
    if (note) this.write("reply")
    this.area.focus()
  }

  stop(): void {
    this.keep()
    clearTimeout(this.stopped)
  }

  private listen(signal: AbortSignal): void {
    const { form, area } = this
    form.addEventListener("submit", (event) => (event.preventDefault(), this.send()), { signal })
    form.addEventListener("click", (event) => this.clicked(event), { signal })
    form.addEventListener("change", (event) => this.picked(event), { signal })
    area.addEventListener("keydown", (event) => this.pressed(event), { signal })
    area.addEventListener("input", () => this.changed(), { signal })
    area.addEventListener("click", () => void this.slash.look(), { signal })
    area.addEventListener("blur", () => this.slash.close(), { signal })
    area.addEventListener("paste", (event) => this.pasted(event), { signal })
    takeDrops(this.host, (files) => this.attachments.add(files), signal)
    addEventListener("pagehide", () => this.keep(), { signal })
  }

  private pressed(event: KeyboardEvent): void {
    if (this.slash.pressed(event) || event.isComposing) return
    const mod = event.ctrlKey || event.metaKey
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault()
      this.send()
    } else if (mod && event.shiftKey && event.code === "KeyK") {
      event.preventDefault()
      event.stopPropagation()
      void this.inserting.findArticle()
    } else if (altKey(event) === "KeyI") {
      event.preventDefault()
      this.toggleNote()
    } else if (event.key === "Escape") area(event)?.blur()
  }

  private clicked(event: Event): void {
    const button = closest(event, "[data-do]")
    const what = button?.dataset["do"]
    if (what === "attach") need(this.form, "input[type=file]").click()
    else if (what === "emoji" && button) pickEmoji(button, (sign) => this.insert(sign))
    else if (what === "macros") void this.inserting.pickMacro()
    else if (what === "articles") void this.inserting.findArticle()
    else if (what === "note") this.toggleNote()
  }

  private picked(event: Event): void {
    const input = closest<HTMLInputElement>(event, "input[type=file]")
    if (!input?.files) return
    this.attachments.add([...input.files])
    input.value = ""
    this.area.focus()
  }

  private pasted(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])]
    if (!files.length) return
    event.preventDefault()
    this.attachments.add(files)
  }

  private toggleNote(): void {
    if (!need<HTMLButtonElement>(this.form, "[data-do=note]").disabled)
      this.write(this.mode === "note" ? "reply" : "note")
    this.area.focus()
  }

  write(mode: "reply" | "note"): void {
    this.form.dataset["mode"] = mode
    need(this.form, "[data-do=note]").setAttribute("aria-pressed", String(mode === "note"))
    this.area.placeholder = this.area.dataset[mode] ?? ""
    if (mode === "note") this.stopTyping()
    this.keepSoon()
  }

  private changed(): void {
    clearTrouble(this.trouble)
    this.keepSoon()
    void this.slash.look()
    if (this.mode === "note" || !this.area.value.trim()) return this.stopTyping()
    clearTimeout(this.stopped)
    this.stopped = setTimeout(() => this.stopTyping(), TYPING_ENDS)
    if (this.typedAt !== undefined && performance.now() - this.typedAt < TYPING_EVERY) return
    this.typedAt = performance.now()
    this.host.typing(true)
  }

  private stopTyping(): void {
    clearTimeout(this.stopped)
    if (this.typedAt !== undefined) this.host.typing(false)
    this.typedAt = undefined
  }

  private filesChanged(): void {
    need(this.form, ".files").replaceChildren(...this.attachments.chips)
    this.keepSoon()
  }

  private slashHost(): ConstructorParameters<typeof Slash>[0] {
    const { host } = this
    return {
      area: this.area,
      language: host.dataset["language"] ?? "",
      use: (macro) => void this.inserting.useMacro(macro),
      get ticket() {
        return host.ticket
      },
    }
  }

  // Kept while it is written

  private keepSoon(): void {
    clearTimeout(this.keeping)
    this.keeping = setTimeout(() => this.keep(), KEPT_AFTER)
  }

  private keep(): void {
    clearTimeout(this.keeping)
    const kept: Kept = { text: this.area.value, files: this.attachments.list, mode: this.mode }
    if (kept.text || kept.files.length) writeLocal(this.key, kept)
    else removeLocal(this.key)
  }

  private restore(): void {
    const kept = readLocal<Kept>(this.key)
    if (kept) {
      this.write(kept.mode)
      this.area.value = kept.text
      this.attachments.load(kept.files)
      this.filesChanged()
    }
  }

  private get key(): string {
    return `ot:chat-draft:${this.host.dataset["me"]}:${this.host.dataset["chatKey"]}`
  }
}

function area(event: Event): HTMLTextAreaElement | null {
  return closest<HTMLTextAreaElement>(event, "textarea")
}

function need<E extends HTMLElement = HTMLElement>(place: HTMLElement, selector: string): E {
  const found = place.querySelector<E>(selector)
  if (!found) throw new Error(`a chat needs ${selector}`)
  return found
}
