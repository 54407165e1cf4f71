/*
 * What is seen of chats at a glance: the list beside them, and the page's title. The server draws the list when chats
 * change hands; what is said in them is put into it here.
 */
import type { OtChat } from "./ot-chat"
import { updateWaits } from "./waits"

export function showGlances(host: HTMLElement, panes: readonly OtChat[]): void {
  for (const pane of panes) if (pane.isLive) glance(host.querySelector<HTMLElement>(`#crow-${pane.chat}`), pane)
  updateWaits()
  const unread = panes.filter((pane) => pane.unread > 0).length
  document.title = document.title.replace(/^(\(\d+\) )?/, unread ? `(${unread}) ` : "")
}

function glance(row: HTMLElement | null, pane: OtChat): void {
  const [badge, said, wait] = [".cunread", ".said", ".cwait"].map((part) => row?.querySelector<HTMLElement>(part))
  if (!badge || !said || !wait) return
  const { words, since } = pane.glance
  badge.hidden = !pane.unread
  badge.textContent = pane.unread ? String(pane.unread) : ""
  said.textContent = words
  wait.dataset["since"] = since
}
