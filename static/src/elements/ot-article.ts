/*
 * <ot-article data-me data-article data-language data-version data-draft-url data-preview-url> around the form
 * #article-form (title, summary, an <ot-body>), `.notices`, `.saved`, `[data-article-do]` buttons, `.wpreview` and the
 * panels beside it: an article while it is written. What is typed is saved as it stands; ot:article-saved on document
 * says when, so that the panels follow.
 */
import { showConflict } from "../article/conflict"
import { Preview } from "../article/preview"
import { markQuotes } from "../article/quotes"
import { Saving, type SaveState, type Stored, type Words } from "../article/saving"
import { announce, button, closest, define, h, icon } from "../lib/dom"
import { showSignIn } from "../lib/sign-in"
import { text, type StringKey } from "../strings"
import type { OtBody } from "./ot-body"

const SAID: Record<SaveState, StringKey> = {
  saving: "draft.saving",
  saved: "draft.saved",
  here: "draft.saved_here",
  nowhere: "draft.not_kept",
}

export class OtArticle extends HTMLElement {
  private saving: Saving | undefined
  private preview: Preview | undefined
  private listening: AbortController | undefined

  connectedCallback(): void {
    const form = this.querySelector<HTMLFormElement>("#article-form")
    if (!form) return
    this.listening = new AbortController()
    const { signal } = this.listening
    const { me = "", article = "", language = "", version = "0", draftUrl: url = "" } = this.dataset
    this.saving = new Saving({ me, article, language, url }, Number(version), this.words(), {
      status: (state) => this.say(text(SAID[state])),
      saved: (now, said) => this.saved(now, said),
      conflict: (other) => this.meet(other),
      refused: (reason) => this.warn(reason),
      expired: () => showSignIn(() => void this.saving?.flush()),
    })
    const frame = this.querySelector<HTMLElement>(".wpreview")
    if (frame) this.preview = new Preview(frame, this.dataset["previewUrl"] ?? "", () => this.words())
    this.listen(form, signal)
    this.restore()
  }

  disconnectedCallback(): void {
    void this.saving?.flush()
    this.saving?.stop()
    this.listening?.abort()
  }

  private listen(form: HTMLFormElement, signal: AbortSignal): void {
    form.addEventListener("input", () => this.changed(), { signal })
    form.addEventListener("submit", (event) => this.submitted(event), { signal })
    form.addEventListener("keydown", (event) => this.pressed(event), { signal })
    this.addEventListener("click", (event) => this.clicked(event), { signal })
    document.addEventListener("htmx:after:swap", () => this.showQuotes(), { signal })
    document.addEventListener("visibilitychange", () => document.hidden && void this.saving?.flush(), { signal })
    addEventListener("pagehide", () => void this.saving?.flush(), { signal })
    addEventListener("online", () => void this.saving?.flush(), { signal })
    this.addEventListener("submit", (event) => void this.saveFirst(event), { signal, capture: true })
    this.addEventListener("ot:insert", (event) => this.asked(event as CustomEvent<{ id: string }>), { signal })
  }

  private get body(): OtBody | null {
    return this.querySelector<OtBody>("ot-body")
  }

  private words(): Words {
    const value = (name: string) => this.querySelector<HTMLTextAreaElement>(`#article-form [name=${name}]`)?.value ?? ""
    return { title: value("title").replace(/\s*\n\s*/g, " "), summary: value("summary"), body: value("body") }
  }

  private changed(): void {
    const words = this.words()
    this.saving?.change(words)
    this.preview?.changed()
    this.entitle(words.title)
  }

  private entitle(title: string): void {
    const heading = this.querySelector("[data-title]")
    if (heading && title.trim()) heading.textContent = title
  }

  private put({ title, summary, body }: Words): void {
    for (const [name, value] of Object.entries({ title, summary, body })) {
      const field = this.querySelector<HTMLTextAreaElement>(`#article-form [name=${name}]`)
      if (field) field.value = value
    }
    this.body?.area.dispatchEvent(new Event("ot:set"))
    this.entitle(title)
    this.preview?.changed()
  }

  private restore(): void {
    const words = this.saving?.restore()
    if (!words) return
    this.put(words)
    const note = h("div.notice.tone-blue", { role: "status" }, icon("history", "sm"))
    note.append(
      h("span.grow", {}, text("article.restored")),
      button("", text("close"), () => note.remove()),
    )
    this.notices?.append(note)
  }

  private saved(version: number, said: string): void {
    this.dataset["version"] = String(version)
    const field = this.querySelector<HTMLInputElement>("#article-form [name=version]")
    if (field) field.value = String(version)
    this.notices?.querySelector("[data-refused]")?.remove()
    announce("ot:article-saved", { version })
    if (said) announce("ot:toast", { text: said, tone: "amber", seconds: 8 })
  }

  private meet(other: Stored): void {
    if (!this.notices) return
    showConflict(this.notices, () => this.words(), other, {
      mine: () => void this.saving?.putOver(other),
      theirs: () => void this.giveWay(other),
    })
  }

  private async giveWay(other: Stored): Promise<void> {
    if (await this.saving?.giveWay(other)) this.put(other)
    else this.meet(other)
  }

  private warn(reason: string): void {
    this.notices?.querySelector("[data-refused]")?.remove()
    const notice = h("div.notice.tone-red", { role: "alert", "data-refused": true }, icon("triangle-alert", "sm"))
    notice.append(h("span.grow", {}, reason))
    this.notices?.append(notice)
  }

  private say(words: string): void {
    const place = this.querySelector(".saved")
    if (place) place.textContent = words
  }

  private get notices(): Element | null {
    return this.querySelector(".notices")
  }

  private submitted(event: Event): void {
    event.preventDefault()
    void this.saving?.flush()
  }

  /** Enter leads from the title to the summary to the text; saving by hand is allowed, and does nothing bad. */
  private pressed(event: KeyboardEvent): void {
    const isSave = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s"
    const isComment = (event.ctrlKey || event.metaKey) && event.altKey && event.code === "KeyM"
    const field = event.target instanceof HTMLTextAreaElement ? event.target.name : ""
    if (isSave) void this.saving?.flush()
    else if (isComment) this.comment()
    else if (event.key === "Enter" && !event.isComposing && field === "title") this.field("summary")?.focus()
    else if (event.key === "Enter" && !event.isComposing && field === "summary") this.body?.editor?.focus()
    else return
    event.preventDefault()
  }

  private field(name: string): HTMLElement | null {
    return this.querySelector<HTMLElement>(`#article-form [name=${name}]`)
  }

  private clicked(event: Event): void {
    const wish = closest(event, "[data-article-do]")
    const quote = closest(event, "[data-find]")
    if (quote) this.find(quote)
    if (wish?.dataset["articleDo"] === "markdown") this.body?.askMarkdown()
    else if (wish?.dataset["articleDo"] === "comment") this.comment()
    else if (wish?.dataset["articleDo"] === "preview") {
      this.preview?.toggle()
      wish.setAttribute("aria-pressed", String(this.preview?.isOpen))
      this.toggleAttribute("data-split", this.preview?.isOpen)
    }
  }

  /**
   * What the panels do (publish, hand in, approve) is done to what stands here: not to what was saved a moment ago, and
   * not to what somebody else has saved since, of which the panels may know already.
   */
  private async saveFirst(event: SubmitEvent): Promise<void> {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || !form.closest(".wside")) return
    if (this.saving?.isDirty) {
      event.preventDefault()
      event.stopImmediatePropagation()
      const { submitter } = event
      if (await this.saving.flush()) form.requestSubmit(submitter)
      return
    }
    const seen = form.querySelector<HTMLInputElement>("[name=version]")
    if (seen) seen.value = this.dataset["version"] ?? seen.value
  }

  private asked(event: CustomEvent<{ id: string }>): void {
    if (event.detail.id === "comment") this.comment()
  }

  private comment(): void {
    const form = this.querySelector<HTMLFormElement>(".commenting")
    const field = form?.querySelector<HTMLInputElement>("[name=quote]")
    const shown = form?.querySelector<HTMLElement>("[data-quoted]")
    if (!form || !field || !shown) return
    field.value = this.body?.editor?.selection().slice(0, 500) ?? ""
    shown.textContent = field.value
    shown.hidden = !field.value
    form.querySelector("textarea")?.focus()
  }

  private find(quote: HTMLElement): void {
    const isThere = this.body?.editor?.show(quote.dataset["find"] ?? "")
    if (!isThere) announce("ot:toast", { text: text("article.quote_gone"), tone: "amber" })
  }

  private showQuotes(): void {
    const said = [...this.querySelectorAll<HTMLElement>(".talk[data-quote]")].map((talk) => talk.dataset["quote"] ?? "")
    const view = this.body?.editor?.tiptap.view
    if (view) markQuotes(view, said.filter(Boolean))
  }
}

define("ot-article", OtArticle)
