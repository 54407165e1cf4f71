/*
 * The sidebar's entry for chats (#nav-chats): its counts are fetched once the page is there, so that no page waits for
 * them, and again when something happens, at most every few seconds and each page a little later than the other. What
 * is offered to this person comes at once, with code that is loaded for it.
 */
import { refreshFragment } from "./fragments"

const TOPIC = "chats"
const EVERY = 4_000
const ENTRY = "nav-chats"

let waiting: ReturnType<typeof setTimeout> | undefined

export function keepChats(): void {
  const entry = () => document.getElementById(ENTRY)
  if (!entry()) return
  document.addEventListener("ot:changed", (event) => {
    const { topics } = (event as CustomEvent<{ topics: string[] }>).detail
    if (topics.includes(TOPIC)) waiting ??= setTimeout(again, EVERY * (0.5 + Math.random() / 2))
  })
  document.addEventListener("ot:resync", () => refreshFragment(ENTRY))
  document.addEventListener("ot:refreshed", (event) => {
    const { sheet = "", offers = "0" } = entry()?.dataset ?? {}
    const { id } = (event as CustomEvent<{ id: string }>).detail
    if (id === ENTRY && offers !== "0" && !document.querySelector(".choffers"))
      void import("../chat/offers").then(({ showOffers }) => showOffers(sheet))
  })
  refreshFragment(ENTRY)
}

function again(): void {
  waiting = undefined
  if (document.visibilityState === "visible") refreshFragment(ENTRY)
}
