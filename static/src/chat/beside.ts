/*
 * What is known of the visitor in front: beside the chats where there is room for it, as its reader left it; over them,
 * where there is none, only when it is asked for.
 */
import { h } from "../lib/dom"
import { readLocal, writeLocal } from "../lib/storage"
import { refreshFragment } from "../live/fragments"

const KEPT = "ot.chat.about"
const WIDE = "(width >= 1240px)"
const MOST_BESIDE = 2

export class Beside {
  private isOver = false
  private chat: number | undefined
  private isRoomy = true

  constructor(
    private readonly host: HTMLElement,
    signal: AbortSignal,
  ) {
    matchMedia(WIDE).addEventListener("change", () => this.show(this.chat), { signal })
  }

  /** `chat` is in front. */
  show(chat: number | undefined): void {
    this.chat = chat
    const { layout, count = "0" } = this.host.dataset
    this.isRoomy = (layout === "tabs" || Number(count) <= MOST_BESIDE) && matchMedia(WIDE).matches
    const on = this.isRoomy ? (readLocal<boolean>(KEPT) ?? true) : this.isOver
    this.host.toggleAttribute("data-about", on)
    this.host.toggleAttribute("data-roomy", this.isRoomy)
    this.host.querySelector(".cbar [data-chats-do=about]")?.setAttribute("aria-expanded", String(on))
    if (on && chat) this.fetch(chat)
  }

  toggle(): void {
    const on = !this.host.hasAttribute("data-about")
    if (this.isRoomy) writeLocal(KEPT, on)
    else this.isOver = on
    this.show(this.chat)
  }

  private fetch(chat: number): void {
    const place = this.host.querySelector<HTMLElement>("#chat-about")
    if (!place || place.dataset["chat"] === String(chat)) return
    place.replaceWith(h("div", { id: "chat-about", "data-chat": chat, "data-live-src": `/agent/chats/${chat}/about/` }))
    refreshFragment("chat-about")
  }
}
