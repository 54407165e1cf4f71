/* What hands do in the composer, by mouse, by key and with the picker of files; what comes of it is the composer's. */
import { closest } from "../lib/dom"
import type { Composition } from "./composition"
import type { Delivery, Extra } from "./delivery"
import type { DraftTools } from "./draft-tools"
import type { Editor } from "./editor"
import type { Macros } from "./macros/use"
import type { NewsPanel } from "./news"
import type { Parts } from "./parts"
import { wishOf } from "./shortcuts"
import { neighbourOf, selectedTab } from "./tabs"
import { isCommand, toggleLinkRow } from "./toolbar"

export interface Handled {
  readonly parts: Parts
  readonly editor: Editor
  readonly current: Composition
  readonly news: NewsPanel
  readonly delivery: Delivery
  readonly tools: DraftTools
  readonly macros: Macros
  show(mode: string): void
  write(mode: string): void
  showNew(): void
  send(extra?: Extra): void
  sendLater(): Promise<void>
  findArticle(): Promise<void>
}

export class Controls {
  constructor(
    private readonly composer: HTMLElement & Handled,
    signal: AbortSignal,
  ) {
    composer.addEventListener("click", (event) => this.clicked(event), { signal })
    composer.addEventListener("keydown", (event) => this.pressed(event), { signal, capture: true })
    composer.addEventListener("change", (event) => this.picked(event), { signal })
    composer.addEventListener("submit", (event) => this.submitted(event), { signal })
  }

  private submitted(event: Event): void {
    event.preventDefault()
    this.composer.send()
  }

  private clicked(event: Event): void {
    const { composer } = this
    const tab = closest(event, "[role=tab][data-mode]")
    if (tab?.dataset["mode"]) return composer.write(tab.dataset["mode"])
    const status = closest(event, "[data-status]")
    if (status) return this.sendAs(status.dataset["status"] ?? "", event)
    if (closest(event, "[data-show-new]")) return composer.showNew()
    this.run(closest(event, "[data-cmd]")?.dataset["cmd"])
  }

  private run(command: string | undefined): void {
    const { parts, editor, current, tools, macros } = this.composer
    if (isCommand(command)) editor.run(command)
    else if (command === "link") toggleLinkRow(parts.box, editor)
    else if (command === "attach") parts.picker.click()
    else if (command === "later") void this.composer.sendLater()
    else if (command === "revisions") void tools.history()
    else if (command === "share") void tools.share(!current.isShared)
    else if (command === "save-macro") void tools.saveAsMacro()
    else if (command === "discard") {
      tools.discard()
      macros.waiting.clear()
    } else if (command === "macros") void macros.pick()
    else if (command === "articles") void this.composer.findArticle()
  }

  private sendAs(status: string, event: Event): void {
    event.preventDefault()
    for (const menu of this.composer.querySelectorAll<HTMLElement>("[popover]")) menu.hidePopover()
    this.composer.send({ status })
  }

  private pressed(event: KeyboardEvent): void {
    const { news, delivery, editor, parts } = this.composer
    const remedy = closest(event, ".cerror button")
    const wish = wishOf(event)
    if (wish?.startsWith("send") && news.isOpen) {
      if (news.mayConfirm(event)) delivery.anyway?.()
    } else if (wish === "leave" && news.isOpen) delivery.keepEditing(editor)
    else if (wish?.startsWith("send") && remedy) remedy.click()
    else if (wish === "send") this.sendAs("", event)
    else if (wish === "send solved" || wish === "send pending") this.sendAs(wish.slice(5), event)
    else if (wish === "link" && this.hasSelection) toggleLinkRow(parts.box, editor)
    else if (wish === "article") void this.composer.findArticle()
    else if (wish === "leave" && editor.hasFocus()) leave()
    else if (!this.switchedTab(event)) return
    event.preventDefault()
    event.stopPropagation()
  }

  private switchedTab(event: KeyboardEvent): boolean {
    const mode = neighbourOf(event, this.composer.parts.mode)
    if (!mode) return false
    this.composer.show(mode)
    selectedTab(this.composer)?.focus()
    return true
  }

  private get hasSelection(): boolean {
    const { editor } = this.composer
    return editor.isRich && editor.hasFocus() && !getSelection()?.isCollapsed
  }

  private picked(event: Event): void {
    const { picker } = this.composer.parts
    if (event.target !== picker) return
    this.composer.current.attachments.add([...(picker.files ?? [])])
    picker.value = ""
  }
}

/** Escape leaves the editor for the conversation, where single keys work again. */
function leave(): void {
  const thread = document.querySelector<HTMLElement>("#conv .scroll[tabindex]")
  if (thread) thread.focus()
  else if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
}
