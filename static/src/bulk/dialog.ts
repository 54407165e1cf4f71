/*
 * The dialog of several changes at once. Below the fields stands what they come to; a large edit asks once more.
 */
import { Edit, type Action, type Answer } from "./edit"
import type { Selected } from "../elements/list/selection"
import type { Failure } from "../lib/http"
import { showSignIn } from "../lib/sign-in"
import { plural, text } from "../strings"

const UNCHANGED = "~"
const IS_PUBLIC = "comment_mode_is_public"
const SAY_AFTER = 250

export class BulkDialog {
  private selected: Selected | undefined
  private asking: ReturnType<typeof setTimeout> | undefined
  private asked = 0
  private edit: Edit | undefined

  constructor(
    private readonly dialog: HTMLDialogElement,
    private readonly started: (answer: Answer & { kind: "started" }) => void,
    private readonly confirm: (edit: Edit, answer: Answer & { kind: "asks" }) => void,
  ) {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault()
      void this.submit()
    })
    this.form.addEventListener("input", () => this.changed())
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.submit()
    })
    for (const close of dialog.querySelectorAll("[data-close]")) close.addEventListener("click", () => dialog.close())
  }

  /** `what` is the field to begin with; "reply" and "note" say who reads the words. */
  open(selected: Selected, count: number, what: string): void {
    this.selected = selected
    this.form.reset()
    this.need("[data-title]").textContent = plural("bulk.change", count)
    this.need("[data-go]").textContent = plural("bulk.change", count)
    const isWords = what === "reply" || what === "note"
    const mode = this.dialog.querySelector<HTMLInputElement>(`[name=${IS_PUBLIC}][value=${what === "reply"}]`)
    if (isWords && mode) mode.checked = true
    this.changed()
    this.dialog.showModal()
    this.form.querySelector<HTMLElement>(`[name=${isWords ? "comment_value" : what}]`)?.focus()
  }

  close(): void {
    this.dialog.close()
  }

  private get form(): HTMLFormElement {
    return this.need("form") as HTMLFormElement
  }

  private need(selector: string): HTMLElement {
    const found = this.dialog.querySelector<HTMLElement>(selector)
    if (!found) throw new Error(`the bulk dialog needs ${selector}`)
    return found
  }

  private actions(): Action[] {
    const fields = [...new FormData(this.form)].map(([field, value]) => ({ field, value: String(value) }))
    const actions = fields.filter(({ field, value }) => field !== IS_PUBLIC && isWanted(this.form, field, value))
    const mode = fields.find(({ field }) => field === IS_PUBLIC)
    return mode && actions.some(({ field }) => field === "comment_value") ? [...actions, mode] : actions
  }

  private changed(): void {
    this.edit = undefined
    this.fail("")
    clearTimeout(this.asking)
    this.asking = setTimeout(() => void this.say(), SAY_AFTER)
  }

  private async say(): Promise<void> {
    const actions = this.actions()
    const says = this.need("[data-says]")
    const asked = ++this.asked
    says.hidden = !actions.length
    if (!actions.length || !this.selected) return
    const answer = await new Edit(this.selected, actions).preview()
    if (asked !== this.asked) return
    says.hidden = answer.kind !== "asks"
    if (answer.kind === "asks") says.textContent = answer.sentence
    else if (answer.kind === "failed") this.failed(answer.failure)
  }

  private async submit(): Promise<void> {
    const actions = this.actions()
    if (!actions.length) return this.fail(text("bulk.nothing"))
    if (!this.selected || this.dialog.hasAttribute("aria-busy")) return
    this.edit ??= new Edit(this.selected, actions)
    this.dialog.setAttribute("aria-busy", "true")
    const answer = await this.edit.start()
    this.dialog.removeAttribute("aria-busy")
    if (answer.kind === "started") this.started(answer)
    else if (answer.kind === "asks") this.confirm(this.edit, answer)
    else this.failed(answer.failure)
  }

  private failed(failure: Failure): void {
    if (failure.kind === "expired") return showSignIn()
    this.fail(failure.message)
    const problems = failure.kind === "refused" ? failure.data["problems"] : undefined
    if (!Array.isArray(problems)) return
    for (const { field } of problems as { field: string }[])
      this.form.querySelector(`[name="${CSS.escape(field)}"]`)?.setAttribute("aria-invalid", "true")
  }

  private fail(words: string): void {
    const place = this.need("[data-error]")
    place.textContent = words
    place.hidden = !words
    if (!words) for (const field of this.form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid")
  }
}

/** A select says "no change" by a value of its own, because an empty one means nobody; an empty field means no change. */
function isWanted(form: HTMLFormElement, field: string, value: string): boolean {
  const isSelect = form.elements.namedItem(field) instanceof HTMLSelectElement
  return isSelect ? value !== UNCHANGED : value.trim() !== ""
}
