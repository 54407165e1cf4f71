/* A field that looks names up on the server as one types: too many customers to choose from a list. */
import { h } from "../lib/dom"
import { request } from "../lib/http"
import { text } from "../strings"
import type { Place } from "./widgets"

const PAUSE = 180
let made = 0

interface Found {
  value: string
  label: string
}

export function lookup(
  place: Pick<Place, "lookupUrl">,
  kind: string,
  add: (value: string, label: string) => void,
): HTMLElement {
  const list = h("ul.menu.sug", {
    role: "listbox",
    id: `lookup-${(made += 1)}`,
    "aria-label": text("conditions.found"),
  })
  const input = h("input.adder", {
    type: "text",
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-label": text("conditions.value"),
    placeholder: text("conditions.lookup"),
  })
  list.hidden = true
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  const show = (found: Found[]) => {
    list.replaceChildren(...found.map(({ value, label }, at) => option(value, label, at)))
    if (!found.length && input.value) list.append(h("li.mh", {}, text("pick.none")))
    list.hidden = !input.value
    input.setAttribute("aria-expanded", String(!list.hidden))
    activate(0)
  }
  const option = (value: string, label: string, at: number) => {
    const item = h("li.mi", { role: "option", id: `${list.id}-${at}`, "data-value": value, dir: "auto" }, label)
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault() // the field keeps the focus until the choice is made
      add(value, label)
    })
    return item
  }
  const options = () => [...list.querySelectorAll<HTMLElement>("[role=option]")]
  const activate = (at: number) => {
    const all = options()
    const wanted = all[(at + all.length) % (all.length || 1)]
    for (const item of all) item.classList.toggle("is-active", item === wanted)
    input.setAttribute("aria-activedescendant", wanted?.id ?? "")
  }
  const ask = async () => {
    const mine = (asked += 1)
    const outcome = await request(`${place.lookupUrl}${kind}/?q=${encodeURIComponent(input.value)}`)
    if (mine !== asked || !outcome.ok) return
    show(((await outcome.response.json()) as { results: Found[] }).results)
  }
  input.addEventListener("input", (event) => {
    event.stopPropagation() // half a name is no value yet
    clearTimeout(timer)
    timer = setTimeout(() => void ask(), PAUSE)
  })
  input.addEventListener("blur", () => show([]))
  input.addEventListener("keydown", (event) => {
    const at = options().findIndex((item) => item.classList.contains("is-active"))
    const current = options()[at]
    if (event.key === "ArrowDown") activate(at + 1)
    else if (event.key === "ArrowUp") activate(at - 1)
    else if (event.key === "Enter" && current && !list.hidden)
      add(current.dataset["value"] ?? "", current.textContent ?? "")
    else if (event.key === "Escape" && !list.hidden) show([])
    else return
    event.preventDefault()
    event.stopPropagation()
  })
  return h("span.lookup", {}, input, list)
}
