/*
 * Who is at which ticket, as far as the socket has told: for the ticket in view and for the rows of the list. Nothing is
 * asked again for it; the server tells every change. Dispatches on document: ot:presence {ticket, people, claim}.
 */
import { announce } from "../lib/dom"
import { language } from "../strings"

export interface Person {
  id: number
  name: string
  initials: string
  hue: number
  /** What they type just now. */
  writing: "" | "reply" | "note"
}

export interface Presence {
  ticket: number
  people: Person[]
  /** The id of who holds the reply, 0 for nobody. */
  claim: number
}

const known = new Map<number, Presence>()

export function presenceAt(ticket: number): Presence {
  return known.get(ticket) ?? { ticket, people: [], claim: 0 }
}

/** One ticket changed. */
export function hearPresence(presence: Presence): void {
  if (presence.people.length) known.set(presence.ticket, presence)
  else known.delete(presence.ticket)
  announce("ot:presence", presence)
}

/** Everybody at the rows of the list; where nobody is said to be, nobody is. `viewed` is told by itself. */
export function hearPresences(told: Presence[], viewed: number | undefined): void {
  const named = new Set(told.map(({ ticket }) => ticket))
  for (const ticket of [...known.keys()])
    if (!named.has(ticket) && ticket !== viewed) hearPresence({ ticket, people: [], claim: 0 })
  for (const presence of told) hearPresence(presence)
}

/** Without a socket nobody knows who is there. */
export function forgetPeople(): void {
  hearPresences([], undefined)
}

export function holderOf({ people, claim }: Presence): Person | undefined {
  return people.find(({ id }) => id === claim)
}

export function listed(people: Person[]): string {
  return new Intl.ListFormat(language(), { type: "conjunction" }).format(people.map(({ name }) => name))
}
