/*
 * What a condition's value is given with. Each is drawn for one operator and says through `changed` what it holds now;
 * the builder draws a new one when field or operator change.
 */
import { button, h, icon } from "../lib/dom"
import { text } from "../strings"
import type { Catalogue, Field } from "./catalogue"
import { lookup } from "./lookup"
import type { Condition, Value } from "./tree"

export interface Place {
  condition: Condition
  field: Field
  widget: string
  catalogue: Catalogue
  lookupUrl: string
  changed: (value: Value) => void
}

const DAYS = ["today", "yesterday", "tomorrow"] as const

export function drawValue(place: Place): HTMLElement | undefined {
  const [widget = "", kind = ""] = place.widget.split(":")
  switch (widget) {
    case "none":
      return undefined
    case "choice":
      return choice(place)
    case "choices":
      return several(place, (add) => adder(place, add))
    case "words":
    case "tags":
      return words(place)
    case "number":
      return number(place)
    case "date":
      return date(place)
    case "lookup":
      return several(place, (add) => lookup(place, kind, add), true)
    case "lookups":
      return several(place, (add) => lookup(place, kind, add))
    default:
      return plain(place, "text")
  }
}

/** The value a new widget begins with: what fits of the old one. */
export function firstValue(widget: string, field: Field, old: Value): Value {
  const known = new Set(field.choices.map(([value]) => String(value)))
  const values = asList(old).filter((value) => widget.startsWith("lookup") || known.has(String(value)))
  if (widget === "none") return undefined
  if (widget === "choice") return values[0] ?? field.choices[0]?.[0] ?? ""
  if (widget === "choices" || widget.startsWith("lookups")) return values
  if (widget === "date") return typeof old === "string" && old ? old : "today"
  return ""
}

export function option(label: string, value: string): HTMLOptionElement {
  return h("option", { value }, label)
}

export function asList(value: Value): (string | number)[] {
  return Array.isArray(value) ? value : value === undefined || value === "" ? [] : [value]
}

function labelled<E extends HTMLElement>(element: E): E {
  element.setAttribute("aria-label", text("conditions.value"))
  return element
}

function choice({ condition, field, changed }: Place): HTMLSelectElement {
  const select = labelled(h("select.input", {}))
  const known = field.choices.map(([value, label]) => option(label, String(value)))
  const now = String(condition.value ?? "")
  if (!known.some(({ value }) => value === now)) known.unshift(option(text("conditions.gone", { value: now }), now))
  select.append(...known)
  select.value = now
  select.addEventListener("change", () => changed(select.value))
  return select
}

function plain({ condition, changed }: Place, type: string): HTMLInputElement {
  const input = labelled(h("input.input", { type, autocomplete: "off" }))
  input.value = String(condition.value ?? "")
  input.addEventListener("input", () => changed(input.value))
  return input
}

/** Words and phrases with commas between; tags have no spaces, so there a space parts them too. */
function words(place: Place): HTMLInputElement {
  const input = plain(place, "text")
  const isTags = place.widget === "tags"
  const split = isTags ? /[\s,]+/ : /,/
  input.value = asList(place.condition.value).join(", ")
  input.placeholder = text(isTags ? "conditions.tags_hint" : "conditions.words_hint")
  input.addEventListener("input", () => {
    const found = input.value.split(split).map((word) => word.trim())
    place.changed(found.filter(Boolean))
  })
  return input
}

function number(place: Place): HTMLElement {
  const input = plain(place, "number")
  input.min = "0"
  input.inputMode = "numeric"
  const unit = place.field.kind === "hours" ? "hours" : place.field.kind === "date" ? "days" : ""
  return unit ? h("span.unit", {}, input, h("span", {}, text(`conditions.${unit}` as "conditions.hours"))) : input
}

/** A day by its name, or one from the calendar. */
function date({ condition, changed }: Place): HTMLElement {
  const now = String(condition.value ?? "today")
  const select = labelled(h("select.input", {}))
  select.append(...DAYS.map((day) => option(text(`conditions.${day}`), day)), option(text("conditions.a_day"), "day"))
  const input = labelled(h("input.input", { type: "date" }))
  const named = (DAYS as readonly string[]).includes(now)
  select.value = named ? now : "day"
  if (!named) input.value = now.slice(0, 10)
  input.hidden = named
  select.addEventListener("change", () => {
    input.hidden = select.value !== "day"
    changed(input.hidden ? select.value : input.value)
    if (!input.hidden) input.focus()
  })
  input.addEventListener("input", () => changed(input.value))
  return h("span.pairing", {}, select, input)
}

type Add = (value: string, label: string) => void

/** Chosen values as chips with a cross each, then what adds another. */
function several(place: Place, drawAdder: (add: Add) => HTMLElement, single = false): HTMLElement {
  const { condition, field, catalogue } = place
  const box = h("span.multi", {})
  let values = asList(condition.value).map(String)
  const save = (next: string[]) => {
    values = next
    place.changed(single ? (values[0] ?? "") : values)
    draw()
  }
  const draw = () => {
    const chips = values.map((value) =>
      chip(catalogue.nameOf(field.key, value) ?? text("conditions.gone", { value }), () => drop(value)),
    )
    const add = drawAdder((value, label) => {
      catalogue.remember(field.key, value, label)
      if (!values.includes(value)) save(single ? [value] : [...values, value])
      box.querySelector<HTMLElement>("select, input, button")?.focus()
    })
    add.hidden = single && values.length > 0
    box.replaceChildren(...chips, add)
  }
  const drop = (value: string) => {
    save(values.filter((other) => other !== value))
    box.querySelector<HTMLElement>("select, input")?.focus()
  }
  draw()
  return box
}

export function chip(label: string, remove: () => void): HTMLElement {
  const cross = button("", "", remove)
  cross.setAttribute("aria-label", text("conditions.remove_value", { value: label }))
  cross.append(icon("x", "xs"))
  return h("span.tag", {}, h("span.clip", { dir: "auto" }, label), cross)
}

function adder({ condition, field }: Place, add: Add): HTMLSelectElement {
  const select = labelled(h("select.adder", {}))
  const taken = asList(condition.value).map(String)
  const free = field.choices.filter(([value]) => !taken.includes(String(value)))
  select.append(option(text("conditions.add_value"), ""), ...free.map(([value, label]) => option(label, `=${value}`)))
  select.hidden = !free.length
  select.addEventListener("change", () => {
    const option = select.selectedOptions[0]
    if (option?.value) add(option.value.slice(1), option.text)
  })
  return select
}
