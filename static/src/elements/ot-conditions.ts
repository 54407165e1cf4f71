/*
 * <ot-conditions hx-morph-skip data-lookup-url="…"><textarea name="conditions">{"all": […]}</textarea>
 *   <script type="application/json" id="conditions-data">…</script> <script … id="conditions-problems">…</script>
 * Builds a tree of conditions: rows of field, operator and value in groups that ask for all, any or none of them. What
 * is built stands in the textarea as JSON at every moment, so a plain form sends it. What the server did not accept is
 * said under its row. Every control is a native one, so the keyboard needs nothing of ours.
 */
import { button, define, h, icon } from "../lib/dom"
import { Catalogue } from "../conditions/catalogue"
import { showFindings } from "../conditions/findings"
import * as tree from "../conditions/tree"
import { drawValue, firstValue, option } from "../conditions/widgets"
import { text } from "../strings"

export class OtConditions extends HTMLElement {
  private root: tree.Group = tree.newGroup("all")
  private catalogue = new Catalogue("{}")
  private readonly body = h("div.conditions", {})
  /** What is to have the focus after the next drawing: the field or operator of a condition, or a section's button. */
  private next: { node: tree.Condition | tree.Section; part?: "field" | "operator" } | undefined
  private wanted: HTMLElement | undefined
  private listening: AbortController | undefined

  connectedCallback(): void {
    this.catalogue = new Catalogue(this.data("data"))
    const problems: unknown = JSON.parse(this.data("problems") || "[]")
    this.root = tree.readTree(this.field.value, problems as tree.Problem[])
    this.append(this.body)
    this.draw()
    this.listening = new AbortController()
    const rowOf = (path: string) => this.body.querySelector(`[data-path="${path.replaceAll('"', "")}"]`)
    showFindings(this.body, rowOf, this.listening.signal)
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    this.body.remove()
  }

  /** The tree as it would be sent now. */
  get value(): tree.Stored {
    return tree.writeTree(this.root)
  }

  private get field(): HTMLTextAreaElement {
    const found = this.querySelector("textarea")
    if (!found) throw new Error("<ot-conditions> needs a textarea")
    return found
  }

  private data(what: string): string {
    return this.querySelector(`script[id$="-${what}"]`)?.textContent ?? ""
  }

  private draw(): void {
    this.body.replaceChildren(this.group(this.root, "", 1))
    this.wanted?.focus()
    this.wanted = this.next = undefined
  }

  /** Writes the tree down, and lets the page know as a field would. */
  private save(): void {
    this.field.value = JSON.stringify(this.value)
    this.dispatchEvent(new Event("change", { bubbles: true }))
  }

  private changed(): void {
    this.draw()
    this.save()
  }

  private group(group: tree.Group, path: string, level: number, remove?: () => void): HTMLElement {
    const sections = group.sections.map((section, at) =>
      this.section(group, section, path, level, at === 0 ? remove : undefined),
    )
    const name = text(level === 1 ? "conditions.label" : "conditions.group")
    return h(
      "div.cgroup",
      { role: "group", "aria-label": name, "data-path": path || null },
      ...sections,
      problem(group.problem),
    )
  }

  private section(
    group: tree.Group,
    section: tree.Section,
    path: string,
    level: number,
    remove?: () => void,
  ): HTMLElement {
    const inside = path ? `${path}.${section.part}` : section.part
    const rows = section.items.map((item, at) => this.item(section, item, at, `${inside}.${at}`, level))
    const add = button("btn ghost sm", "", () => this.addCondition(section))
    add.append(icon("plus", "sm"), text("conditions.add"))
    const nest = button("btn ghost sm", "", () => this.addGroup(section))
    nest.append(icon("plus", "sm"), text("conditions.add_group"))
    if (this.next?.node === section && !this.next.part) this.wanted = add
    if (!section.items.length && level === 1)
      rows.push(h("p.muted", {}, this.dataset["noneYet"] ?? text("conditions.none_yet")))
    return h(
      "div.csection",
      {},
      h(
        "div.cmatch",
        {},
        this.partSelect(group, section),
        remove && this.cross(text("conditions.remove_group"), remove),
      ),
      h("div.crows", {}, ...rows),
      h("div.cadd", {}, add, level < tree.LEVELS && nest),
    )
  }

  /** "Match [all of these]": a part that another section of the group has can't be chosen. */
  private partSelect(group: tree.Group, section: tree.Section): HTMLElement {
    const select = h("select.input", {})
    for (const part of tree.PARTS) {
      const item = option(text(`conditions.${part}`), part)
      item.disabled = group.sections.some((other) => other !== section && other.part === part)
      select.append(item)
    }
    select.value = section.part
    if (this.next?.node === section && this.next.part) this.wanted = select
    select.addEventListener("change", () => {
      section.part = select.value as tree.Part
      this.next = { node: section, part: "operator" }
      this.changed()
    })
    return h("label.cpart", {}, text("conditions.match"), select)
  }

  private item(section: tree.Section, item: tree.Node, at: number, path: string, level: number): HTMLElement {
    const remove = () => {
      section.items.splice(at, 1)
      const near = section.items[at] ?? section.items[at - 1]
      this.next = near?.kind === "condition" ? { node: near, part: "field" } : { node: section }
      this.changed()
    }
    return item.kind === "group" ? this.group(item, path, level + 1, remove) : this.condition(item, path, remove)
  }

  private condition(condition: tree.Condition, path: string, remove: () => void): HTMLElement {
    const field = this.catalogue.field(condition.field)
    const operator = this.catalogue.operator(condition.field, condition.operator)
    const fields = this.fieldSelect(condition)
    const operators = this.operatorSelect(condition)
    if (this.next?.node === condition) this.wanted = this.next.part === "operator" ? operators : fields
    const value =
      field &&
      operator &&
      drawValue({
        condition,
        field,
        widget: operator.widget,
        catalogue: this.catalogue,
        lookupUrl: this.dataset["lookupUrl"] ?? "",
        changed: (value) => {
          condition.value = value
          this.settle(condition, row)
          this.save()
        },
      })
    const row = h(
      "div.cond",
      { "data-path": path },
      fields,
      operators,
      h("span.cvalue", {}, value ?? ""),
      this.cross(text("conditions.remove"), remove),
      problem(condition.problem),
    )
    row.toggleAttribute("data-wrong", condition.problem !== "")
    return row
  }

  /** What the server said of it is about what stood there before. */
  private settle(condition: tree.Condition, row: HTMLElement): void {
    condition.problem = ""
    row.removeAttribute("data-wrong")
    row.querySelector(".cerror")?.remove()
  }

  private fieldSelect(condition: tree.Condition): HTMLSelectElement {
    const select = h("select.input", { "aria-label": text("conditions.field") })
    for (const [label, fields] of this.catalogue.groups) {
      select.append(h("optgroup", { label }, ...fields.map((field) => option(field.label, field.key))))
    }
    if (!this.catalogue.field(condition.field)) select.prepend(option(condition.field, condition.field))
    select.value = condition.field
    select.addEventListener("change", () => this.setField(condition, select.value))
    return select
  }

  private operatorSelect(condition: tree.Condition): HTMLSelectElement {
    const operators = this.catalogue.field(condition.field)?.operators ?? []
    const select = h("select.input", { "aria-label": text("conditions.operator") })
    select.append(...operators.map(({ key, label }) => option(label, key)))
    if (!operators.some(({ key }) => key === condition.operator))
      select.prepend(option(condition.operator, condition.operator))
    select.value = condition.operator
    select.addEventListener("change", () => this.setOperator(condition, select.value))
    return select
  }

  private setField(condition: tree.Condition, key: string): void {
    const field = this.catalogue.field(key)
    if (!field) return
    const kept = field.operators.some((operator) => operator.key === condition.operator)
    condition.field = key
    condition.value = undefined
    this.setOperator(condition, kept ? condition.operator : (field.operators[0]?.key ?? ""), "field")
  }

  private setOperator(condition: tree.Condition, key: string, focus: "field" | "operator" = "operator"): void {
    const field = this.catalogue.field(condition.field)
    const widget = this.catalogue.operator(condition.field, key)?.widget ?? "text"
    const before = this.catalogue.operator(condition.field, condition.operator)?.widget
    if (field && (widget !== before || condition.value === undefined))
      condition.value = firstValue(widget, field, condition.value)
    condition.operator = key
    condition.problem = ""
    this.next = { node: condition, part: focus }
    this.changed()
  }

  private addCondition(section: tree.Section): void {
    const [first] = this.catalogue.fields
    if (!first) return
    const operator = first.operators[0]
    const value = firstValue(operator?.widget ?? "text", first, undefined)
    const node: tree.Condition = {
      kind: "condition",
      field: first.key,
      operator: operator?.key ?? "",
      value,
      problem: "",
    }
    section.items.push(node)
    this.next = { node, part: "field" }
    this.changed()
  }

  private addGroup(section: tree.Section): void {
    const inner = tree.newGroup(section.part === "any" ? "all" : "any")
    section.items.push(inner)
    for (const first of inner.sections) this.addCondition(first)
  }

  private cross(label: string, run: () => void): HTMLButtonElement {
    const cross = button("btn ghost icon sm", "", run)
    cross.setAttribute("aria-label", label)
    cross.append(icon("x", "sm"))
    return cross
  }
}

function problem(reason: string): HTMLElement | undefined {
  return reason ? h("p.cerror", { role: "alert" }, icon("triangle-alert", "xs"), reason) : undefined
}

define("ot-conditions", OtConditions)
