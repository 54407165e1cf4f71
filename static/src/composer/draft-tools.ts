/*
 * What can be done with the draft in front of its writer: look at earlier versions, share it with the team, discard it,
 * take up what another tab or device of theirs has saved, copy what a colleague shares.
 */
import { announce, button, closest, h, icon } from "../lib/dom"
import { csrfToken, parseObject, request } from "../lib/http"
import { text } from "../strings"
import type { Composition } from "./composition"
import type { Editor } from "./editor"
import { readStored } from "./stored"

export interface DraftHost {
  readonly dataset: DOMStringMap
  readonly delivery: { readonly isRunning: boolean }
  readonly draftUrl: string
  readonly current: Composition
  readonly editor: Editor
  readonly opened: Iterable<Composition>
  showWords(): void
  write(mode: string): void
}

export class DraftTools {
  constructor(
    private readonly host: DraftHost,
    private readonly place: HTMLElement,
  ) {}

  /** Hear of what was saved elsewhere, and of the buttons beside colleagues' shared drafts. */
  listen(signal: AbortSignal): void {
    document.addEventListener("ot:changed", (event) => this.changedElsewhere(event as CustomEvent), { signal })
    document.addEventListener("visibilitychange", () => document.hidden || void this.catchUp(), { signal })
    document.addEventListener("submit", (event) => this.copying(event), { signal, capture: true })
  }

  async history(): Promise<void> {
    const { current, editor } = this.host
    await current.keeper.settle()
    const { showHistory } = await import("./history")
    const trouble = await showHistory(this.host.draftUrl, current.mode, (html) => {
      editor.set(html)
      current.change(editor, true)
      this.host.showWords()
      editor.focus()
    })
    if (trouble) announce("ot:toast", { text: trouble })
  }

  /** Empty the composer; what stood there stays in the earlier versions. */
  discard(): void {
    const { current, editor } = this.host
    editor.set("")
    current.attachments.clear()
    current.isShared = false
    current.change(editor, true)
    current.keeper.flush()
    this.host.showWords()
    editor.focus()
    announce("ot:toast", { text: text("draft.discarded") })
  }

  /** A new macro from what is written here; the draft stays as it is. */
  async saveAsMacro(): Promise<void> {
    const { current, editor, dataset } = this.host
    if (editor.isEmpty()) return announce("ot:toast", { text: text("composer.empty") })
    await current.keeper.settle()
    location.assign(`/agent/macros/new/?ticket=${dataset["ticket"] ?? ""}&mode=${current.mode}`)
  }

  async share(shared: boolean): Promise<void> {
    const { current } = this.host
    await current.keeper.settle()
    const body = new FormData()
    body.set("csrfmiddlewaretoken", csrfToken())
    body.set("mode", current.mode)
    body.set("shared", shared ? "1" : "0")
    const outcome = await request(`${this.host.draftUrl}sharing/`, { method: "POST", body })
    if (outcome.ok) current.isShared = shared
    else announce("ot:toast", { text: text(outcome.failure.kind === "gone" ? "composer.empty" : "error.refused") })
    this.drawShared()
  }

  /** The strip that says who may read along, and the word in the menu. */
  drawShared(): void {
    const { isShared } = this.host.current
    this.place.querySelector(".sharednote")?.remove()
    const label = document.querySelector("[data-share-label]")
    if (label) label.textContent = text(isShared ? "draft.unshare" : "draft.share")
    if (!isShared) return
    const stop = button("", text("draft.unshare"), () => void this.share(false))
    this.place.append(
      h("div.notice.tone-blue.sharednote", {}, icon("users", "sm"), h("span.grow", {}, text("draft.shared")), stop),
    )
  }

  /** Another tab or device has saved, sent or discarded: fetch what stands there now. */
  async catchUp(): Promise<void> {
    for (const composition of [...this.host.opened]) {
      const { saves } = composition.keeper
      const outcome = await request(`${this.host.draftUrl}?mode=${composition.mode}`)
      if (!outcome.ok) return
      await composition.hear(readStored(parseObject(await outcome.response.text())), saves)
      if (composition === this.host.current) this.drawShared()
    }
  }

  private changedElsewhere({ detail }: CustomEvent<{ topics: string[] }>): void {
    const { ticket, me } = this.host.dataset
    if (!this.host.delivery.isRunning && detail.topics.includes(`draft:${ticket}:${me}`)) void this.catchUp()
  }

  private copying(event: Event): void {
    const form = closest<HTMLFormElement>(event, "form[data-copy-draft]")
    if (!form) return
    event.preventDefault()
    void this.copy(form.action)
  }

  /** A colleague's shared words behind one's own: the server joins them, so that the files come along. */
  private async copy(url: string): Promise<void> {
    await this.host.current.keeper.settle()
    const body = new FormData()
    body.set("csrfmiddlewaretoken", csrfToken())
    const outcome = await request(url, { method: "POST", body })
    if (!outcome.ok) return announce("ot:toast", { text: text("error.gone"), tone: "red" })
    const answer = parseObject(await outcome.response.text())
    this.host.write(String(answer["mode"] ?? "reply"))
    this.host.current.useOther(readStored(answer["draft"] as Record<string, unknown>))
    this.host.editor.focus()
  }

  /** The ticket was moved where the writer may not look: say where the words are. */
  outOfSight(isOnServer: boolean): void {
    if (this.place.querySelector(".hiddennote")) return
    const link = h("a", { href: "/agent/drafts/" }, text("draft.mine"))
    const words = text(isOnServer ? "draft.hidden" : "draft.hidden_here")
    const note = h(
      "div.notice.tone-amber.hiddennote",
      { role: "alert" },
      icon("eye-off", "sm"),
      h("span.grow", {}, words),
    )
    if (isOnServer) note.append(link)
    this.place.append(note)
  }
}
