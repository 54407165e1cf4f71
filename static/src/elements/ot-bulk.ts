/*
 * <ot-bulk hx-morph-skip></ot-bulk> inside <ot-list>, for those who may change tickets.
 * Waits for the first selection, or for a bulk edit of this tab that is still going on; what it then shows is in bulk/,
 * which is loaded at that moment.
 * Hears: ot:selection (see list/selection).
 */
import { define } from "../lib/dom"
import type { Selected } from "./list/selection"

export const JOBS = "ot:bulk-jobs"

export class OtBulk extends HTMLElement {
  private listening: AbortController | undefined
  private bar: Promise<{ show(selected: Selected): Promise<void> }> | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    document.addEventListener("ot:selection", (event) => this.selected((event as CustomEvent<Selected>).detail), {
      signal,
    })
    if (sessionStorage.getItem(JOBS)) void import("../bulk/jobs").then(({ watchAgain }) => watchAgain())
  }

  disconnectedCallback(): void {
    this.listening?.abort()
  }

  private selected(selected: Selected): void {
    if (!this.bar && !selected.whole && !selected.ids.length) return
    this.bar ??= import("../bulk/bar").then(({ Bar }) => new Bar(this))
    void this.bar.then((bar) => bar.show(selected))
  }
}

define("ot-bulk", OtBulk)
