/* Which invitation is due: all that only the page knows is compared here, the rest the server has done. Pure. */
import type { Invitation } from "./protocol"

export interface Facts {
  url: string
  /** on this page */
  seconds: number
  /** what the page says is in the basket */
  basket: number
  visits: number
  language: string
}

export function due(invitations: Invitation[], facts: Facts): Invitation | undefined {
  return invitations.find(({ conditions: { page, seconds, basket, visits, languages } }) => {
    if (page && !facts.url.includes(page)) return false
    if (languages?.length && !languages.includes(facts.language)) return false
    return facts.seconds >= (seconds ?? 0) && facts.basket >= (basket ?? 0) && facts.visits >= (visits ?? 0)
  })
}
