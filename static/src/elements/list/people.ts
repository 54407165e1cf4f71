/*
 * Marks in the rows of the list: who looks at a ticket (an eye and faces), and who is writing its reply (a pen). Drawn
 * from what the socket told, anew after every morph, which takes away what it did not bring.
 */
import { h, icon } from "../../lib/dom"
import { holderOf, listed, presenceAt, type Person, type Presence } from "../../live/people"
import { plural, text } from "../../strings"

const FACES = 2

export class RowPeople {
  constructor(private readonly host: HTMLElement) {}

  listen(signal: AbortSignal): void {
    document.addEventListener("ot:presence", (event) => this.heard((event as CustomEvent<Presence>).detail), { signal })
    this.redraw()
  }

  redraw(): void {
    for (const row of this.host.querySelectorAll<HTMLElement>(".ti[data-number]"))
      this.draw(row, presenceAt(Number(row.dataset["number"])))
  }

  private heard(presence: Presence): void {
    const row = this.host.querySelector<HTMLElement>(`.ti[data-number="${presence.ticket}"]`)
    if (row) this.draw(row, presence)
  }

  private draw(row: HTMLElement, presence: Presence): void {
    const old = row.querySelector(".here")
    const mark = this.markFor(presence)
    if (!mark) old?.remove()
    else if (!old) (row.querySelector(".marks") ?? row.querySelector("a"))?.prepend(mark)
    else if (!old.isEqualNode(mark)) old.replaceWith(mark)
  }

  private markFor(presence: Presence): HTMLElement | undefined {
    const me = document.querySelector<HTMLElement>("ot-live")?.dataset["me"]
    const others = presence.people.filter(({ id }) => String(id) !== me)
    const holder = holderOf(presence)
    const writer = holder && others.includes(holder) ? holder : others.find(({ writing }) => writing === "reply")
    if (writer) return mark("writing", "pencil", text("presence.claimed", { name: writer.name }), [writer])
    if (!others.length) return undefined
    return mark("", "eye", plural("presence.viewing", others.length, { names: listed(others) }), others)
  }
}

function mark(kind: string, sign: string, words: string, people: Person[]): HTMLElement {
  return h(
    "span",
    { class: `here ${kind}`.trim(), role: "img", "aria-label": words, title: words },
    icon(sign, "xs"),
    ...people.slice(0, FACES).map(({ hue, initials }) => h("span", { class: `av av-xs hue-${hue}` }, initials)),
    people.length > FACES && `+${people.length - FACES}`,
  )
}
