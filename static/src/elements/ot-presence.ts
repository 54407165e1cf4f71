/*
 * <ot-presence data-ticket="12" data-me="5" data-show="viewers|typing" [data-may-reply] hx-morph-skip></ot-presence>
 * The other people at this ticket: small faces ("viewers"), or a bar above the composer ("typing"): whose the reply is,
 * with a button that takes it over, who writes beside us, or that our reply was taken over.
 * Hears: ot:presence {ticket, people, claim}. Dispatches: ot:take {ticket}.
 */
import { announce, button, define, h, icon } from "../lib/dom"
import { holderOf, listed, presenceAt, type Person, type Presence } from "../live/people"
import { plural, text } from "../strings"

export class OtPresence extends HTMLElement {
  private listening: AbortController | undefined
  /** The last thing we knew: the claim was ours, and nobody had taken it. */
  private held = false
  private takenBy: Person | undefined
  private said = ""

  connectedCallback(): void {
    this.listening = new AbortController()
    document.addEventListener("ot:presence", (event) => this.heard(event as CustomEvent<Presence>), {
      signal: this.listening.signal,
    })
    this.show(presenceAt(this.ticket))
  }

  disconnectedCallback(): void {
    this.listening?.abort()
  }

  private get ticket(): number {
    return Number(this.dataset["ticket"])
  }

  private get me(): number {
    return Number(this.dataset["me"])
  }

  private heard({ detail }: CustomEvent<Presence>): void {
    if (detail.ticket === this.ticket) this.show(detail)
  }

  private show(presence: Presence): void {
    const others = presence.people.filter(({ id }) => id !== this.me)
    if (this.dataset["show"] === "typing") this.showWriting(presence, others)
    else this.showViewers(others)
  }

  private showViewers(people: Person[]): void {
    const names = plural("presence.viewing", people.length, { names: listed(people) })
    const stack = h(
      "span.stack",
      { role: "img", title: names, "aria-label": names },
      ...people.slice(0, 4).map((person) => face(person, "sm")),
      people.length > 4 && h("span.av.av-sm.more", { "aria-hidden": "true" }, `+${people.length - 4}`),
    )
    this.replaceChildren(...(people.length ? [stack] : []))
  }

  private showWriting(presence: Presence, others: Person[]): void {
    const holder = holderOf(presence)
    if (holder?.id === this.me) this.takenBy = undefined
    else if (holder && this.held) this.takenBy = holder
    this.held = holder?.id === this.me
    const writers = others.filter(({ writing }) => writing)
    if (this.takenBy)
      this.say(text("presence.taken", { name: this.takenBy.name }), [this.takenBy], writers, dismissal(this))
    else if (holder && !this.held)
      this.say(text("presence.claimed", { name: holder.name }), [holder], writers, this.taking)
    else if (writers.length) this.say(wordsFor(writers), writers, writers)
    else this.say("", [])
  }

  /** Said anew only when it is something else, so that a screen reader hears it once. */
  private say(words: string, people: Person[], writers: Person[] = [], action?: HTMLElement): void {
    const saying = `${words} ${action?.textContent ?? ""}`
    if (saying !== this.said) {
      this.said = saying
      const parts = [...people.map((person) => face(person, "xs")), h("span.grow", {}, words), dots(), action]
      this.replaceChildren(...(words ? [h("div.collide.tone-amber", { role: "status" }, ...parts)] : []))
    }
    this.querySelector(".typing")?.toggleAttribute("hidden", !people.some((one) => writers.includes(one)))
  }

  private get taking(): HTMLElement | undefined {
    if (!this.hasAttribute("data-may-reply")) return undefined
    return button("", text("presence.take"), () => this.take())
  }

  private take(): void {
    announce("ot:take", { ticket: this.ticket })
    document.querySelector<HTMLElement>("ot-composer [role=tab][data-mode=reply]")?.click()
  }

  dismiss(): void {
    this.takenBy = undefined
    this.show(presenceAt(this.ticket))
  }
}

function dismissal(element: OtPresence): HTMLElement {
  const close = button("btn ghost icon sm", "", () => element.dismiss())
  close.setAttribute("aria-label", text("close"))
  close.append(icon("x", "xs"))
  return close
}

function wordsFor(writers: Person[]): string {
  const notes = writers.every(({ writing }) => writing === "note")
  return plural(notes ? "presence.noting" : "presence.replying", writers.length, { names: listed(writers) })
}

function dots(): HTMLElement {
  return h("span.typing", { "aria-hidden": "true" }, h("i"), h("i"), h("i"))
}

function face({ initials, hue }: Person, size: string): HTMLElement {
  return h("span", { class: `av av-${size} hue-${hue}`, "aria-hidden": "true" }, initials)
}

define("ot-presence", OtPresence)
