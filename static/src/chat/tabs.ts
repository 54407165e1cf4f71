/* The open chats as tabs: how one moves between them where only one is shown, and at a glance which has something new. */
import { button, h } from "../lib/dom"
import type { OtChat } from "./ot-chat"

export class Tabs {
  private drawn = ""

  constructor(
    private readonly place: HTMLElement,
    private readonly chosen: (chat: number) => void,
  ) {
    place.addEventListener("keydown", (event) => this.pressed(event))
  }

  draw(panes: readonly OtChat[]): void {
    const state = panes.map((pane) => [
      pane.chat,
      pane.dataset["name"],
      pane.unread,
      pane.dataset["active"] !== undefined,
    ])
    const said = JSON.stringify(state)
    if (said === this.drawn) return
    this.drawn = said
    const held = this.place.contains(document.activeElement)
    this.place.replaceChildren(...panes.map((pane, at) => this.tab(pane, at)))
    const chosen = this.place.querySelector<HTMLElement>("[aria-selected=true]")
    if (held) chosen?.focus()
    chosen?.scrollIntoView({ block: "nearest", inline: "nearest" })
  }

  private tab(pane: OtChat, at: number): HTMLElement {
    const { name = "", initials = "", hue = "" } = pane.dataset
    const active = pane.dataset["active"] !== undefined
    const tab = button("ctab", "", () => this.chosen(pane.chat))
    for (const [key, value] of Object.entries({
      role: "tab",
      "aria-selected": String(active),
      "aria-controls": pane.id,
      tabindex: active || (at === 0 && !document.querySelector("ot-chat[data-active]")) ? "0" : "-1",
    }))
      tab.setAttribute(key, value)
    if (at < 9) tab.setAttribute("aria-keyshortcuts", `Alt+${at + 1}`)
    const face = h("span", { class: `av av-xs hue-${hue}`, "aria-hidden": "true" }, initials)
    tab.append(face, h("span.clip", { dir: "auto" }, name))
    if (pane.unread) tab.append(h("span.cunread", {}, String(pane.unread)))
    return tab
  }

  private pressed(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const tabs = [...this.place.children] as HTMLElement[]
    const ahead = document.dir === "rtl" ? -step : step
    const at = tabs.indexOf(document.activeElement as HTMLElement)
    tabs[(at + ahead + tabs.length) % tabs.length]?.click()
  }
}
