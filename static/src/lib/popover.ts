/* Opens a popover at its button: below it, above when there is no room; edge to edge on the side of the window where the
   button is, and never outside. Written through the CSSOM, which a strict style-src allows. */

const GAP = 6

export function placeAt(popover: HTMLElement, anchor: Element): void {
  const at = anchor.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = popover
  const below = innerHeight - at.bottom - GAP
  const fits = height <= below || below >= at.top
  const left = (at.left + at.right) / 2 > innerWidth / 2 ? at.right - width : at.left
  popover.style.position = "fixed"
  popover.style.margin = "0"
  popover.style.left = `${clamp(left, GAP, innerWidth - width - GAP)}px`
  popover.style.top = `${fits ? Math.min(at.bottom + GAP, innerHeight - height - GAP) : Math.max(GAP, at.top - height - GAP)}px`
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most))
}

/** Called before `popover` opens: the browser gives `target` the focus while it opens it. The event that tells of the
    opening comes later, and what a quick typist pressed meanwhile would go to the page. */
export function focusOnOpening(popover: HTMLElement, target: Element | null): void {
  for (const former of popover.querySelectorAll("[autofocus]")) former.removeAttribute("autofocus")
  target?.setAttribute("autofocus", "")
}

/** Keeps `popover` at `anchor` while it is open; returns the function that stops it. */
export function followAnchor(popover: HTMLElement, anchor: Element): () => void {
  const place = () => placeAt(popover, anchor)
  place()
  addEventListener("resize", place)
  addEventListener("scroll", place, true)
  return () => {
    removeEventListener("resize", place)
    removeEventListener("scroll", place, true)
  }
}
