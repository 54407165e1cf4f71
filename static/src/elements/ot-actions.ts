/*
 * <ot-actions hx-morph-skip data-lookup-url="…"><textarea name="actions">[{"field": …, "value": …}]</textarea>
 *   <script type="application/json" id="actions-data">…</script> <script … id="actions-problems">…</script>
 * A list of actions, in the order in which they are done: rows of what to do and with which value, put in order by
 * dragging, by buttons and by Alt with the arrows. What is built stands in the textarea as JSON at every moment, so a
 * plain form sends it. What the server did not accept is said under its row.
 */
import { Catalogue } from "../actions/catalogue"
import { drawValue, firstValue, step } from "../actions/widgets"
import { showFindings } from "../conditions/findings"
import { option } from "../conditions/widgets"
import { button, define, h, icon } from "../lib/dom"
import { text } from "../strings"
import "./ot-order"

interface Wanted {
  field: string
  value: unknown
  problem: string
}
interface Problem {
  path: string
  reason: string
}

export class OtActions extends HTMLElement {
  private items: Wanted[] = []
  private catalogue = new Catalogue("{}")
  private readonly body = h("div.actionlist", {})
  private readonly rows = new WeakMap<Element, Wanted>()
  private listening: AbortController | undefined

  connectedCallback(): void {
    this.catalogue = new Catalogue(this.data("data"))
    this.items = readActions(this.field.value, JSON.parse(this.data("problems") || "[]") as Problem[])
    this.append(this.body)
    this.draw()
    this.listening = new AbortController()
    const rowOf = (path: string) => {
      const place = /^actions\.(\d+)$/.exec(path)?.[1]
      return place ? (this.body.querySelectorAll(".act")[Number(place)] ?? null) : null
    }
    showFindings(this.body, rowOf, this.listening.signal)
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    this.body.remove()
  }

  /** The actions as they would be sent now. */
  get value(): { field: string; value: unknown }[] {
    return this.items.map(({ field, value }) => ({ field, value }))
  }

  private get field(): HTMLTextAreaElement {
    const found = this.querySelector("textarea")
    if (!found) throw new Error("<ot-actions> needs a textarea")
    return found
  }

  private data(what: string): string {
    return this.querySelector(`script[id$="-${what}"]`)?.textContent ?? ""
  }

  /** Drawn anew, `focus` on the row of one of them, or on the button that adds one. */
  private draw(focus?: Wanted | "add"): void {
    const list = h("ot-order" as "div", { class: "arows" }, ...this.items.map((item) => this.row(item)))
    list.addEventListener("change", (event) => this.ordered(event, list))
    const add = button("btn ghost sm", "", () => this.add())
    add.append(icon("plus", "sm"), text("actions.add"))
    const empty = !this.items.length && h("p.muted", {}, text("actions.none_yet"))
    this.body.replaceChildren(empty || "", list, h("div.cadd", {}, add))
    if (focus === "add") add.focus()
    else if (focus)
      [...list.children]
        .find((row) => this.rows.get(row) === focus)
        ?.querySelector("select")
        ?.focus()
  }

  /** Writes the list down, and lets the page know as a field would. */
  private save(): void {
    this.field.value = JSON.stringify(this.value)
    this.dispatchEvent(new Event("change", { bubbles: true }))
  }

  private ordered(event: Event, list: HTMLElement): void {
    if (event.target !== list) return
    event.stopPropagation()
    this.items = [...list.children].flatMap((row) => this.rows.get(row) ?? [])
    this.save()
  }

  private row(item: Wanted): HTMLElement {
    const action = this.catalogue.action(item.field)
    const label = action?.label ?? item.field
    const row: HTMLElement = h(
      "div.act",
      { "data-item": true, role: "group", "aria-label": label },
      h("span.grip", { "aria-hidden": "true" }, icon("grip-vertical", "sm")),
      this.fieldSelect(item),
      h("span.cvalue", {}, this.widget(item, label, () => row) ?? ""),
      h(
        "span.steps",
        {},
        step(-1, text("actions.up", { label }), icon("arrow-up", "sm")),
        step(1, text("actions.down", { label }), icon("arrow-down", "sm")),
        this.cross(item, label),
      ),
      item.problem && h("p.cerror", { role: "alert" }, icon("triangle-alert", "xs"), item.problem),
    )
    row.toggleAttribute("data-wrong", item.problem !== "")
    this.rows.set(row, item)
    return row
  }

  private widget(item: Wanted, label: string, row: () => HTMLElement): HTMLElement | undefined {
    const action = this.catalogue.action(item.field)
    if (!action) return h("code.muted.clip", {}, JSON.stringify(item.value))
    const changed = (value: unknown) => {
      item.value = value
      item.problem = "" // it was about what stood there before
      row().removeAttribute("data-wrong")
      row().querySelector(":scope > .cerror")?.remove()
      this.save()
    }
    const lookupUrl = this.dataset["lookupUrl"] ?? ""
    return drawValue({ part: action, value: item.value, label, catalogue: this.catalogue, lookupUrl, changed })
  }

  private fieldSelect(item: Wanted): HTMLSelectElement {
    const select = h("select.input", { "aria-label": text("actions.what") })
    for (const [group, actions] of this.catalogue.groups) {
      const options = actions
        .filter(({ key }) => key === item.field || this.isFree(key))
        .map(({ key, label }) => option(label, key))
      if (options.length) select.append(...(group ? [h("optgroup", { label: group }, ...options)] : options))
    }
    if (!this.catalogue.action(item.field)) select.prepend(option(item.field, item.field))
    select.value = item.field
    select.addEventListener("change", () => {
      item.field = select.value
      item.value = firstValue(this.catalogue.action(select.value))
      item.problem = ""
      this.draw(item)
      this.save()
    })
    return select
  }

  private isFree(key: string): boolean {
    return Boolean(this.catalogue.action(key)?.repeatable) || !this.items.some(({ field }) => field === key)
  }

  private add(): void {
    const action = this.catalogue.actions.find(({ key }) => this.isFree(key))
    if (!action) return
    const item = { field: action.key, value: firstValue(action), problem: "" }
    this.items.push(item)
    this.draw(item)
    this.save()
  }

  private cross(item: Wanted, label: string): HTMLButtonElement {
    const cross = button("btn ghost icon sm", "", () => {
      const at = this.items.indexOf(item)
      this.items.splice(at, 1)
      this.draw(this.items[at] ?? this.items[at - 1] ?? "add")
      this.save()
    })
    cross.setAttribute("aria-label", text("actions.remove", { label }))
    cross.append(icon("x", "sm"))
    return cross
  }
}

function readActions(json: string, problems: readonly Problem[]): Wanted[] {
  let read: unknown
  try {
    read = JSON.parse(json || "[]")
  } catch {
    return [] // the server shows what can't be read in its own field, and says so
  }
  return (Array.isArray(read) ? read : []).map((item: { field?: unknown; value?: unknown } | null, at) => ({
    field: String(item?.field ?? ""),
    value: item?.value ?? "",
    problem: problems
      .filter(({ path }) => path === String(at))
      .map(({ reason }) => reason)
      .join(" "),
  }))
}

define("ot-actions", OtActions)
