/*
 * The rows in which recipients are edited: chips with a cross, a field for more, and suggestions from the people of the
 * ticket, those written to lately and all customers. Keys: Enter, comma or Tab take what was typed, Backspace in an
 * empty field takes the last chip back to the field, arrows walk through the suggestions.
 */
import { button, h, icon } from "../lib/dom"
import { parseObject, request } from "../lib/http"
import { text } from "../strings"
import { FIELDS, type Field, type Recipients } from "./recipients"

const ASK_AFTER = 150
const ADDRESS = /^[^\s@<>(),;:"]+@[^\s@<>(),;:"]+\.[^\s@<>(),;:".]{2,}$/
const MOST = 50

interface Suggestion {
  address: string
  name: string
  why: string
}

export class RecipientRows {
  private readonly rows = new Map<Field, Row>()

  constructor(
    private readonly place: HTMLElement,
    recipients: Recipients,
    ticket: string,
  ) {
    for (const field of FIELDS) {
      const element = place.querySelector<HTMLElement>(`[data-recipients=${field}]`)
      if (element) this.rows.set(field, new Row(element, field, recipients, ticket, (reason) => this.say(reason)))
    }
    this.draw()
  }

  draw(): void {
    for (const row of this.rows.values()) row.draw()
    this.say("")
  }

  complain(field: Field, reason: string): void {
    this.say(reason)
    this.rows.get(field)?.focus()
  }

  private say(reason: string): void {
    const line = this.place.querySelector(".rerr")
    if (line) line.textContent = reason
    if (!reason) for (const field of FIELDS) this.rows.get(field)?.isRight()
  }
}

class Row {
  private readonly input: HTMLInputElement
  private readonly list: HTMLUListElement
  private timer: ReturnType<typeof setTimeout> | undefined
  private active = -1
  private asked = 0

  /** The server's field becomes the hidden one that is posted; another takes its place for typing. */
  constructor(
    private readonly row: HTMLElement,
    private readonly field: Field,
    private readonly recipients: Recipients,
    private readonly ticket: string,
    private readonly say: (reason: string) => void,
  ) {
    const posted = recipients.field(field)
    const listId = `rcpt-list-${field}`
    this.input = h("input.rtype", {
      id: posted.id,
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": listId,
      "aria-autocomplete": "list",
      "aria-describedby": "rcpt-err",
      autocomplete: "off",
      inputmode: "email",
      spellcheck: "false",
    })
    posted.removeAttribute("id")
    const { value } = posted
    posted.type = "hidden"
    posted.value = value
    this.list = h("ul.menu.rlist", { id: listId, role: "listbox", "aria-label": text("recipients.suggestions") })
    this.list.hidden = true
    row.append(h("span.chips", {}, this.input), this.list)
    this.input.addEventListener("input", () => this.typed())
    this.input.addEventListener("keydown", (event) => this.pressed(event))
    this.input.addEventListener("focus", () => this.ask(0))
    this.input.addEventListener("blur", () => this.left())
    row.addEventListener("click", (event) => event.target instanceof Element && this.clicked(event.target))
  }

  draw(): void {
    for (const chip of this.row.querySelectorAll(".chip")) chip.remove()
    this.input.before(...this.recipients.lists[this.field].map((address) => this.chip(address)))
  }

  focus(): void {
    this.input.setAttribute("aria-invalid", "true")
    this.input.focus()
  }

  isRight(): void {
    this.input.removeAttribute("aria-invalid")
  }

  private chip(address: string): HTMLElement {
    const cross = button("", "", () => this.remove(address))
    cross.append(icon("x", "xs"))
    cross.setAttribute("aria-label", text("recipients.remove", { address }))
    return h("span.chip", { "data-address": address }, h("bdi", {}, address), cross)
  }

  private remove(address: string): void {
    this.recipients.edit(
      this.field,
      this.recipients.lists[this.field].filter((each) => each !== address),
    )
    this.draw()
    this.input.focus()
  }

  /** What was typed or pasted, each address a chip; what is none stays in the field, with the reason. */
  private take(typed: string): boolean {
    const known = this.recipients.lists
    const addresses: string[] = []
    const wrong: string[] = []
    for (const part of typed.split(/[,;\n]+|\s+(?=\S+@)/).filter((each) => each.trim())) {
      const address = (/<([^>]*)>/.exec(part)?.[1] ?? part).trim().toLowerCase()
      ;(ADDRESS.test(address) ? addresses : wrong).push(address)
    }
    const count = FIELDS.reduce((sum, field) => sum + known[field].length, 0) + addresses.length
    if (count > MOST) return this.refuse(text("recipients.too_many", { limit: String(MOST) }))
    if (addresses.length) this.recipients.edit(this.field, [...known[this.field], ...addresses])
    this.input.value = wrong.join(", ")
    this.draw()
    if (wrong.length) return this.refuse(text("recipients.invalid", { address: wrong[0] ?? "" }))
    this.say("")
    return true
  }

  private refuse(reason: string): boolean {
    this.say(reason)
    this.input.setAttribute("aria-invalid", "true")
    return false
  }

  private typed(): void {
    if (/[,;\n]/.test(this.input.value)) this.take(this.input.value)
    else if (this.input.hasAttribute("aria-invalid")) this.say("")
    this.ask(ASK_AFTER)
  }

  private pressed(event: KeyboardEvent): void {
    const { key } = event
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    const options = [...this.list.children]
    if ((key === "ArrowDown" || key === "ArrowUp") && options.length) {
      this.activate((this.active + (key === "ArrowDown" ? 1 : -1) + options.length) % options.length)
    } else if (key === "Enter" || (key === "Tab" && !event.shiftKey && this.input.value.trim())) {
      const chosen = options[this.active]?.getAttribute("data-address")
      if (!this.take(chosen ?? this.input.value) && key === "Tab") return
      this.ask(0)
    } else if (key === "Backspace" && !this.input.value) {
      const last = this.recipients.lists[this.field].at(-1)
      if (!last) return
      this.remove(last)
      this.input.value = last
    } else if (key === "Escape" && !this.list.hidden) {
      this.close()
    } else return
    event.preventDefault()
    event.stopPropagation()
  }

  private left(): void {
    setTimeout(() => {
      if (this.row.contains(document.activeElement)) return
      this.close()
      if (this.input.value.trim()) this.take(this.input.value)
    }, 120)
  }

  private clicked(target: Element): void {
    const address = target.closest("[role=option]")?.getAttribute("data-address")
    if (address) {
      this.input.value = ""
      this.take(address)
      this.input.focus()
    } else if (!target.closest("button")) this.input.focus()
  }

  private ask(after: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.suggest(), after)
  }

  private async suggest(): Promise<void> {
    const turn = ++this.asked
    const url = `/agent/tickets/${this.ticket}/recipients/?q=${encodeURIComponent(this.input.value.trim())}`
    const outcome = await request(url)
    if (turn !== this.asked || document.activeElement !== this.input) return
    if (!outcome.ok) return this.close()
    const found = parseObject(await outcome.response.text())["results"]
    const taken = FIELDS.flatMap((field) => this.recipients.lists[field])
    this.show((Array.isArray(found) ? (found as Suggestion[]) : []).filter(({ address }) => !taken.includes(address)))
  }

  private show(suggestions: readonly Suggestion[]): void {
    this.list.replaceChildren(
      ...suggestions.map(({ address, name, why }, at) =>
        h(
          "li.mi",
          { role: "option", id: `rcpt-${this.field}-${at}`, "data-address": address, "aria-selected": "false" },
          h("span.grow.clip", {}, name ? `${name} ` : "", h("bdi.muted", {}, address)),
          why ? h("small", {}, why) : null,
        ),
      ),
    )
    this.list.hidden = !suggestions.length
    this.input.setAttribute("aria-expanded", String(!this.list.hidden))
    this.activate(this.input.value.trim() && suggestions.length ? 0 : -1)
  }

  private activate(at: number): void {
    this.active = at
    ;[...this.list.children].forEach((option, n) => {
      option.classList.toggle("is-active", n === at)
      option.setAttribute("aria-selected", String(n === at))
      if (n === at) option.scrollIntoView({ block: "nearest" })
    })
    if (at >= 0) this.input.setAttribute("aria-activedescendant", `rcpt-${this.field}-${at}`)
    else this.input.removeAttribute("aria-activedescendant")
  }

  private close(): void {
    clearTimeout(this.timer)
    this.asked++
    this.list.hidden = true
    this.active = -1
    this.input.setAttribute("aria-expanded", "false")
    this.input.removeAttribute("aria-activedescendant")
  }
}
