/* The macros that may be used on a ticket: asked for once a page and ticket, and found by a few letters. */
import { request } from "../../lib/http"

export interface Offer {
  id: number
  title: string
  folder: string
  shortcut: string
  description: string
  language: string
  whose: string
  uses: number
  own: number
}

const FRESH_FOR = 60_000
const known = new Map<string, { at: number; offers: Promise<Offer[]> }>()

/** Asked again after a minute: a colleague may have made one meanwhile. A failure is asked again the next time. */
export function offersFor(ticket: string, now = Date.now()): Promise<Offer[]> {
  const before = known.get(ticket)
  if (before && now - before.at < FRESH_FOR) return before.offers
  const offers = ask(ticket)
  known.set(ticket, { at: now, offers })
  return offers
}

async function ask(ticket: string): Promise<Offer[]> {
  const outcome = await request(`/agent/tickets/${ticket}/macros/`, { headers: { Accept: "application/json" } })
  if (outcome.ok) return ((await outcome.response.json()) as { macros: Offer[] }).macros
  known.delete(ticket)
  return []
}

/** Those that `query` may mean, the likeliest first; without one those in the customer's language, then the most used. */
export function rank(offers: readonly Offer[], query: string, language = ""): Offer[] {
  const wanted = plain(query)
  const scored = offers.flatMap((offer) => {
    const score = wanted ? likeness(offer, wanted) : 1
    return score ? [{ offer, score: score + bonus(offer, language) }] : []
  })
  scored.sort((one, other) => other.score - one.score || one.offer.title.localeCompare(other.offer.title))
  return scored.map(({ offer }) => offer)
}

/** Below the difference between two kinds of likeness: it decides among equals. */
function bonus({ language, own, uses }: Offer, wanted: string): number {
  const often = Math.min(4, Math.log2(1 + own * 2 + uses / 2))
  return (wanted && language === wanted ? 5 : 0) + often
}

function likeness(offer: Offer, query: string): number {
  const title = plain(offer.title)
  const shortcut = plain(offer.shortcut)
  if (shortcut === query) return 100
  if (shortcut.startsWith(query)) return 80
  if (title.startsWith(query)) return 70
  const words = `${title} ${plain(offer.folder)}`
  if (query.split(" ").every((part) => words.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(part)))) return 60
  if (words.includes(query) || shortcut.includes(query)) return 40
  if (plain(offer.description).includes(query)) return 25
  return query.length > 1 && (inOrder(query, title) || inOrder(query, shortcut)) ? 10 : 0
}

/** Whether the letters come one after the other, with others in between: "rfd" in "refund". */
function inOrder(letters: string, words: string): boolean {
  let at = -1
  for (const letter of letters.replaceAll(" ", "")) {
    at = words.indexOf(letter, at + 1)
    if (at < 0) return false
  }
  return true
}

function plain(value: string): string {
  return value.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase().trim()
}
