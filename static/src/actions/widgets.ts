/*
 * What an action's value is given with. Each is drawn once for a value and says through `changed` what it holds now. A
 * value of `parts` is a list: to whom, subject, words.
 */
import { asList, chip, option } from "../conditions/widgets"
import { lookup } from "../conditions/lookup"
import { button, h } from "../lib/dom"
import { text } from "../strings"
import type { Catalogue, Part } from "./catalogue"

export type Value = unknown

export interface Place {
  part: Part
  value: Value
  label: string
  catalogue: Catalogue
  lookupUrl: string
  changed: (value: Value) => void
}

export function drawValue(place: Place): HTMLElement | undefined {
  const [widget = "", kind = ""] = place.part.widget.split(":")
  switch (widget) {
    case "none":
      return undefined
    case "parts":
      return parts(place)
    case "choice":
    case "person":
      return choice(place)
    case "choices":
      return choices(place)
    case "flag":
      return flag(place)
    case "words":
    case "html":
      return words(place)
    case "lookup":
      return looked(place, kind)
    case "number":
    case "date":
      return plain(place, widget)
    case "tags":
      return plain(place, "text", text("conditions.tags_hint"))
    default:
      return plain(place, "text")
  }
}

/** What a new action begins with. */
export function firstValue(part: Part | undefined): Value {
  if (part?.widget === "parts") return (part.parts ?? []).map(firstValue)
  if (part?.widget === "choices") return []
  if (part?.widget === "flag") return true
  return part?.choices?.[0]?.[0] ?? ""
}

function named<E extends HTMLElement>(element: E, { label, part }: Place): E {
  element.setAttribute("aria-label", part.label ?? label)
  return element
}

function parts(place: Place): HTMLElement {
  const inner = place.part.parts ?? []
  const values = Array.isArray(place.value) ? [...(place.value as Value[])] : [place.value]
  const draw = (part: Part, at: number) => {
    const changed = (value: Value) => {
      values[at] = value
      place.changed(inner.map((one, i) => values[i] ?? firstValue(one)))
    }
    const drawn = drawValue({ ...place, part, value: values[at] ?? firstValue(part), changed })
    return h("div.apart", {}, h("span.label", { "aria-hidden": "true" }, part.label ?? ""), drawn)
  }
  return h("div.aparts", {}, ...inner.map(draw))
}

function choice(place: Place): HTMLSelectElement {
  const select = named(h("select.input", {}), place)
  const known = (place.part.choices ?? []).map(([value, label]) => option(label, String(value)))
  const now = String(place.value ?? "")
  if (!known.some(({ value }) => value === now)) known.unshift(option(text("conditions.gone", { value: now }), now))
  select.append(...known)
  select.value = now
  select.addEventListener("change", () => place.changed(select.value))
  return select
}

function flag(place: Place): HTMLSelectElement {
  const select = named(h("select.input", {}), place)
  select.append(option(text("actions.yes"), "true"), option(text("actions.no"), "false"))
  select.value = String(place.value) === "false" ? "false" : "true"
  select.addEventListener("change", () => place.changed(select.value === "true"))
  return select
}

function plain(place: Place, type: string, hint = place.part.hint ?? ""): HTMLInputElement {
  const input = named(h("input.input", { type, autocomplete: "off", placeholder: hint, dir: "auto" }), place)
  input.value = type === "date" ? String(place.value ?? "").slice(0, 10) : String(place.value ?? "")
  input.addEventListener("input", () => place.changed(input.value))
  return input
}

/** Words that may have placeholders, which are offered and put in where the cursor is. */
function words(place: Place): HTMLElement {
  const area = named(h("textarea.input", { rows: 4, dir: "auto", placeholder: place.part.hint ?? "" }), place)
  area.value = String(place.value ?? "")
  area.addEventListener("input", () => place.changed(area.value))
  const offered = place.catalogue.placeholders
  if (!offered.length) return area
  const select = h("select.adder", { "aria-label": text("actions.placeholder") })
  select.append(option(text("actions.placeholder"), ""), ...offered.map(([value, label]) => option(label, value)))
  select.addEventListener("change", (event) => {
    event.stopPropagation() // what counts is what it puts into the words
    area.setRangeText(select.value, area.selectionStart, area.selectionEnd, "end")
    select.value = ""
    area.focus()
    area.dispatchEvent(new Event("input", { bubbles: true }))
  })
  return h("div.awords", {}, area, select)
}

function choices(place: Place): HTMLElement {
  const known = new Map((place.part.choices ?? []).map(([value, label]) => [String(value), label]))
  return chips(place, known, (values, add) => {
    const select = named(h("select.adder", {}), place)
    const free = [...known].filter(([value]) => !values.includes(value))
    select.append(option(text("conditions.add_value"), ""), ...free.map(([value, label]) => option(label, `=${value}`)))
    select.hidden = !free.length
    select.addEventListener("change", () => select.value && add(select.value.slice(1)))
    return select
  })
}

function looked(place: Place, kind: string): HTMLElement {
  const known = new Map((place.part.choices ?? []).map(([value, label]) => [String(value), label]))
  const save = (values: string[]) => place.changed(values[0] ?? "")
  return chips({ ...place, changed: (value) => save(value as string[]) }, known, (values, add) => {
    const found = lookup(place, kind, (value, label) => {
      known.set(value, label)
      add(value)
    })
    found.hidden = values.length > 0
    return found
  })
}

type DrawAdder = (values: string[], add: (value: string) => void) => HTMLElement

function chips(place: Place, known: Map<string, string>, drawAdder: DrawAdder): HTMLElement {
  const box = h("span.multi", { role: "group", "aria-label": place.part.label ?? place.label })
  let values = asList(place.value as string).map(String)
  const save = (next: string[]) => {
    values = next
    place.changed(values)
    draw()
    box.querySelector<HTMLElement>("select:not([hidden]), input, button")?.focus()
  }
  const draw = () => {
    const shown = values.map((value) =>
      chip(known.get(value) ?? text("conditions.gone", { value }), () => save(values.filter((it) => it !== value))),
    )
    box.replaceChildren(
      ...shown,
      drawAdder(values, (value) => save([...values, value])),
    )
  }
  draw()
  return box
}

/** A step up or down for those who don't drag; ot-order does it. */
export function step(by: -1 | 1, label: string, drawn: SVGSVGElement): HTMLButtonElement {
  const control = button("btn ghost icon sm", "", () => undefined)
  control.setAttribute("data-step", String(by))
  control.setAttribute("aria-label", label)
  control.append(drawn)
  return control
}
