/*
 * Calls that ring for this person, and those they have in hand, on whatever page is open. What it shows is asked of the
 * server, which alone decides; taking a call (Alt T) leads to its page.
 */
import { altKey } from "../chat/chat-keys"
import { tellOf } from "../chat/notices"
import { h } from "../lib/dom"
import { refreshFragment } from "../live/fragments"
import { keepTicking } from "./ticking"

const PLACE = "calls-dock"
const told = new Set<string>()

/** Fetch what rings; the place for it is made the first time. */
export function showDock(sheet: string): void {
  if (document.getElementById(PLACE)) return refreshFragment(PLACE)
  if (sheet && !document.querySelector(`link[href="${sheet}"]`))
    document.head.append(h("link", { rel: "stylesheet", href: sheet }))
  document.body.append(
    h("section.calldock", { id: PLACE, "data-live": "calls", "data-live-src": "/agent/calls/dock/" }),
  )
  document.addEventListener("keydown", (event) => pressed(event), { capture: true })
  document.addEventListener("ot:refreshed", (event) => {
    if ((event as CustomEvent<{ id: string }>).detail.id === PLACE) drawn()
  })
  refreshFragment(PLACE)
}

function drawn(): void {
  for (const ring of document.querySelectorAll<HTMLElement>("[data-ring]")) {
    const { ring: call = "" } = ring.dataset
    if (told.has(call)) continue
    told.add(call)
    tellOf(ring.querySelector("b")?.textContent ?? "", ring.querySelector("small")?.textContent ?? "", `call-${call}`)
  }
  keepTicking()
}

function pressed(event: KeyboardEvent): void {
  if (altKey(event) !== "KeyT") return
  const take = document.querySelector<HTMLElement>(`#${PLACE} [data-ring] .primary`)
  if (!take) return
  event.preventDefault()
  event.stopPropagation()
  take.click()
}
