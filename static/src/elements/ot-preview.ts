/*
 * <ot-preview> around links with `data-preview` (image, pdf, text, video, audio): a click shows the file in place, over
 * the page. The viewer loads when it is first needed; a click with Ctrl, Shift or the middle button stays a link, and
 * without scripts all of them are.
 */
import { closest, define } from "../lib/dom"

export class OtPreview extends HTMLElement {
  private listening: AbortController | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    this.addEventListener("click", (event) => this.clicked(event), { signal: this.listening.signal })
  }

  disconnectedCallback(): void {
    this.listening?.abort()
  }

  private clicked(event: MouseEvent): void {
    const link = closest<HTMLAnchorElement>(event, "a[data-preview]")
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    void show(link)
  }
}

/** Where the viewer can't be loaded, the link does what links do. */
async function show(link: HTMLAnchorElement): Promise<void> {
  const all = (link.closest(".thread") ?? link.parentElement ?? link).querySelectorAll<HTMLAnchorElement>(
    "a[data-preview]",
  )
  try {
    const { openViewer } = await import("../preview/viewer")
    openViewer([...all], link)
  } catch (error) {
    console.warn("the viewer did not load", error)
    window.open(link.href, "_blank", "noopener")
  }
}

define("ot-preview", OtPreview)
