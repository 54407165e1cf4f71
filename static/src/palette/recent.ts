/* The tickets this person opened last in this browser, for the palette. Kept under their own id, as drafts are. */
import { readLocal, writeLocal } from "../lib/storage"

export interface Recent {
  number: string
  subject: string
}

const MOST = 8

export function recentTickets(me = ""): Recent[] {
  const kept = readLocal<Recent[]>(name(me))
  return Array.isArray(kept) ? kept : []
}

/** Called after every swap: the ticket that is shown now is the most recent one. */
export function rememberTicket(me = ""): void {
  const shown = document.querySelector<HTMLElement>("#conv[data-ticket]")
  const number = shown?.dataset["ticket"]
  const subject = shown?.querySelector("h1")?.textContent?.trim()
  const [last, ...others] = recentTickets(me)
  if (!number || !subject || (last?.number === number && last.subject === subject)) return
  const earlier = [last, ...others].filter((ticket) => ticket && ticket.number !== number)
  writeLocal(name(me), [{ number, subject }, ...earlier].slice(0, MOST))
}

function name(me: string): string {
  return `ot:recent:${me}`
}
