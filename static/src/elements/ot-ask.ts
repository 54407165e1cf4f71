/*
 * <ot-ask><dialog class="dialog" id="…"></dialog></ot-ask>: a dialog whose content comes from the server (hx-target). It
 * opens when something is put into it and closes when that is taken out again: an empty answer means "done".
 * [data-close] closes it; without scripts the links lead to pages instead.
 */
import { define } from "../lib/dom"

export class OtAsk extends HTMLElement {
  private watching: MutationObserver | undefined
  private listening: AbortController | undefined

  connectedCallback(): void {
    this.watching = new MutationObserver(() => this.follow())
    this.watching.observe(this, { childList: true, subtree: true })
    this.listening = new AbortController()
    const { signal } = this.listening
    this.addEventListener("click", (event) => this.clicked(event), { signal })
    this.addEventListener("close", () => this.dialog?.replaceChildren(), { signal, capture: true }) // it does not bubble
  }

  disconnectedCallback(): void {
    this.watching?.disconnect()
    this.listening?.abort()
  }

  private get dialog(): HTMLDialogElement | null {
    return this.querySelector("dialog")
  }

  private follow(): void {
    const { dialog } = this
    if (!dialog) return
    const isAsking = dialog.childElementCount > 0
    if (isAsking && !dialog.open) dialog.showModal()
    if (!isAsking && dialog.open) dialog.close()
    if (isAsking) dialog.querySelector<HTMLElement>("[aria-invalid=true]")?.focus()
  }

  private clicked(event: MouseEvent): void {
    if (!(event.target as Element).closest("[data-close]")) return
    event.preventDefault()
    this.dialog?.close()
  }
}

define("ot-ask", OtAsk)
