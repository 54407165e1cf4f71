/*
 * The sidebar's entry for the phone (#nav-calls): its counts are fetched once the page is there, so that no page waits
 * for them. What rings for this person, or what they have in hand, comes with code that is loaded for it.
 */
import { refreshFragment } from "./fragments"

const ENTRY = "nav-calls"
const WITHOUT_LINE = 3_000

export function keepCalls(): void {
  const entry = () => document.getElementById(ENTRY)
  if (!entry()) return
  document.addEventListener("ot:refreshed", (event) => {
    const { sheet = "", docked = "0" } = entry()?.dataset ?? {}
    const { id } = (event as CustomEvent<{ id: string }>).detail
    if (id === ENTRY && docked !== "0" && !document.querySelector(".calldock"))
      void import("../calls/dock").then(({ showDock }) => showDock(sheet))
  })
  // Asked once the line hears of calls: one that rings before that is told to nobody here.
  const late = setTimeout(() => refreshFragment(ENTRY), WITHOUT_LINE)
  document.addEventListener("ot:ready", () => {
    clearTimeout(late)
    refreshFragment(ENTRY)
  })
}
