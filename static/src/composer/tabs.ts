/* The tabs over the words: reply, note. */
import { closest } from "../lib/dom"

export function selectTab(host: HTMLElement, mode: string): void {
  for (const tab of host.querySelectorAll<HTMLElement>("[role=tab][data-mode]")) {
    const selected = tab.dataset["mode"] === mode
    tab.setAttribute("aria-selected", String(selected))
    tab.tabIndex = selected ? 0 : -1
  }
}

export function selectedTab(host: HTMLElement): HTMLElement | null {
  return host.querySelector("[role=tab][aria-selected=true]")
}

/** The mode that an arrow key on a tab leads to; "" for any other key and place. */
export function neighbourOf(event: KeyboardEvent, mode: string): string {
  if (!closest(event, "[role=tab][data-mode]") || !["ArrowLeft", "ArrowRight"].includes(event.key)) return ""
  return mode === "note" ? "reply" : "note"
}
