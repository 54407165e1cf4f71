/*
 * <ot-presence data-ticket="12" data-me="5" data-show="viewers|typing" hx-morph-skip></ot-presence>
 * The other people at this ticket: small faces ("viewers"), or a bar above the composer while somebody writes
 * ("typing").
 * Hears: ot:presence {ticket, people}.
 */
import { define, h } from "../lib/dom"
import { language, plural } from "../strings"

export interface Person {
  id: number
  name: string
  initials: string
  hue: number
  typing: boolean
}

export class OtPresence extends HTMLElement {
  private listening: AbortController | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    document.addEventListener("ot:presence", (event) => this.heard(event as CustomEvent), {
      signal: this.listening.signal,
    })
  }

  disconnectedCallback(): void {
    this.listening?.abort()
  }

  private heard({ detail }: CustomEvent<{ ticket: number; people: Person[] }>): void {
    if (String(detail.ticket) !== this.dataset["ticket"]) return
    const others = detail.people.filter(({ id }) => String(id) !== this.dataset["me"])
    if (this.dataset["show"] === "typing") this.showTyping(others.filter(({ typing }) => typing))
    else this.showViewers(others)
  }

  private showViewers(people: Person[]): void {
    const names = plural("presence.viewing", people.length, { names: listed(people) })
    const stack = h(
      "span.stack",
      { role: "img", title: names, "aria-label": names },
      ...people.map((person) => face(person, "sm")),
    )
    this.replaceChildren(...(people.length ? [stack] : []))
  }

  private showTyping(people: Person[]): void {
    const words = plural("presence.typing", people.length, { names: listed(people) })
    const dots = h("span.typing", { "aria-hidden": "true" }, h("i"), h("i"), h("i"))
    if (this.querySelector(".grow")?.textContent === words) return
    const bar = h(
      "div.collide.tone-amber",
      { role: "status" },
      ...people.map((person) => face(person, "xs")),
      h("span.grow", {}, words),
      dots,
    )
    this.replaceChildren(...(people.length ? [bar] : []))
  }
}

function face({ initials, hue }: Person, size: string): HTMLElement {
  return h("span", { class: `av av-${size} hue-${hue}`, "aria-hidden": "true" }, initials)
}

function listed(people: Person[]): string {
  return new Intl.ListFormat(language(), { type: "conjunction" }).format(people.map(({ name }) => name))
}

define("ot-presence", OtPresence)
