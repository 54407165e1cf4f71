/*
 * The bar of a selection: how many there are, quick changes, and the dialog of several. Its markup comes from
 * /agent/bulk/bar/ with the first ticket that is selected. It tells the list by ot:select what to select or let go.
 */
import type { Selected } from "../elements/list/selection"
import htmx from "../lib/htmx"
import { announce, closest } from "../lib/dom"
import { parseObject, request, type Failure } from "../lib/http"
import { showSignIn } from "../lib/sign-in"
import { language, plural, text } from "../strings"
import { BulkDialog } from "./dialog"
import { Edit, type Action, type Answer } from "./edit"
import { watch } from "./jobs"

export class Bar {
  private selected: Selected = { ids: [], whole: false, list: "", page: false }
  private ready: Promise<boolean> | undefined
  private dialog: BulkDialog | undefined
  private waiting: Edit | undefined
  /** How many tickets the whole list has, once that was asked; `of` says which list. */
  private total: { of: string; count: number } | undefined

  constructor(private readonly host: HTMLElement) {
    host.addEventListener("click", (event) => this.clicked(event))
    host.addEventListener("ot:pick", (event) => this.picked(event as CustomEvent))
  }

  async show(selected: Selected): Promise<void> {
    this.selected = selected
    this.ready ??= this.fetch()
    if (!(await this.ready) || selected !== this.selected) return
    this.draw()
    if ((selected.page || selected.whole) && this.total?.of !== selected.list) await this.count(selected.list)
  }

  private async fetch(): Promise<boolean> {
    const outcome = await request("/agent/bulk/bar/", { headers: { Accept: "text/html" } })
    if (!outcome.ok) {
      this.ready = undefined
      this.failed(outcome.failure)
      return false
    }
    const html = await outcome.response.text()
    await htmx.swap({ target: this.host, sourceElement: this.host, swap: "innerHTML", text: html })
    this.dialog = new BulkDialog(
      this.need<HTMLDialogElement>(".bulkedit"),
      (answer) => this.begun(answer),
      (edit, answer) => this.confirm(edit, answer),
    )
    return true
  }

  private need<E extends HTMLElement = HTMLElement>(selector: string): E {
    const found = this.host.querySelector<E>(selector)
    if (!found) throw new Error(`the bulk bar needs ${selector}`)
    return found
  }

  private get number(): number {
    return this.selected.whole ? (this.total?.count ?? 0) : this.selected.ids.length
  }

  private draw(): void {
    const { ids, whole, page } = this.selected
    const bar = this.need(".bulkbar")
    const held = bar.contains(document.activeElement)
    bar.hidden = !whole && !ids.length
    if (bar.hidden && held)
      this.host.closest("ot-list")?.querySelector<HTMLElement>(".ti[aria-current] a, .ti a")?.focus()
    this.need("[data-count]").textContent =
      whole && !this.total ? text("bulk.all_selected") : plural("bulk.selected", this.number, written(this.number))
    const offers = page && !whole && this.total !== undefined && this.total.count > ids.length
    this.need("[data-offer]").hidden = !offers
    if (!offers || !this.total) return
    this.need("[data-page-text]").textContent = plural("bulk.page", ids.length, written(ids.length))
    this.need("[data-whole]").textContent = plural("bulk.take_whole", this.total.count, written(this.total.count))
  }

  private async count(list: string): Promise<void> {
    this.total = undefined
    const outcome = await request(`/agent/bulk/count/?${list}`)
    if (!outcome.ok) return this.failed(outcome.failure)
    const count = Number(parseObject(await outcome.response.text())["count"])
    if (list !== this.selected.list) return
    this.total = { of: list, count }
    this.draw()
  }

  private clicked(event: Event): void {
    const what = closest(event, "[data-open]")?.dataset["open"]
    if (what) this.dialog?.open(this.selected, this.number, what)
    else if (closest(event, "[data-whole]")) announce("ot:select", { whole: true })
    else if (closest(event, "[data-clear]")) announce("ot:select", { clear: true })
    else if (closest(event, ".bulkconfirm [data-go]")) void this.confirmed()
    else if (closest(event, ".bulkconfirm [data-close]")) this.asking.close()
  }

  /** A quick change: one field, one choice. */
  private picked(event: CustomEvent<{ name: string; value: string }>): void {
    event.preventDefault()
    const { name, value } = event.detail
    void this.start([{ field: name, value }])
  }

  private async start(actions: Action[]): Promise<void> {
    const edit = new Edit(this.selected, actions)
    this.answered(edit, await edit.start())
  }

  private answered(edit: Edit, answer: Answer): void {
    if (answer.kind === "started") this.begun(answer)
    else if (answer.kind === "asks") this.confirm(edit, answer)
    else this.failed(answer.failure)
  }

  private get asking(): HTMLDialogElement {
    return this.need<HTMLDialogElement>(".bulkconfirm")
  }

  private confirm(edit: Edit, { sentence, count }: Answer & { kind: "asks" }): void {
    this.waiting = edit
    const asking = this.asking
    for (const place of asking.querySelectorAll("[data-title]"))
      place.textContent = plural("bulk.sure", count, written(count))
    for (const place of asking.querySelectorAll("[data-says]")) place.textContent = sentence
    for (const place of asking.querySelectorAll("[data-go]"))
      place.textContent = plural("bulk.change", count, written(count))
    asking.showModal()
    asking.querySelector<HTMLElement>("[data-go]")?.focus()
  }

  private async confirmed(): Promise<void> {
    const edit = this.waiting
    if (!edit || this.asking.hasAttribute("aria-busy")) return
    this.asking.setAttribute("aria-busy", "true")
    const answer = await edit.start(true)
    this.asking.removeAttribute("aria-busy")
    this.asking.close()
    this.answered(edit, answer)
  }

  private begun({ job }: Answer & { kind: "started" }): void {
    this.dialog?.close()
    this.total = undefined
    announce("ot:select", { clear: true })
    watch(job)
  }

  private failed(failure: Failure): void {
    if (failure.kind === "expired") showSignIn()
    else announce("ot:toast", { text: failure.message, tone: "red" })
  }
}

/** 12,340 in the reader's own way of writing numbers. */
function written(count: number): { count: string } {
  return { count: new Intl.NumberFormat(language()).format(count) }
}
