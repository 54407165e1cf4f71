/* "On this page" marks the heading above what is being read: the last one that has passed the top of the window. */

const LINKS = ".onpage a[href^='#']"
const LINE = 120 // pixels from the top: below the bar, with some air

export function followContents(): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>(LINKS)]
  if (!links.length) return
  let asked = false
  const look = (): void => {
    asked = false
    mark(links, current(links))
  }
  const later = (): void => {
    if (!asked) requestAnimationFrame(look)
    asked = true
  }
  addEventListener("scroll", later, { passive: true })
  addEventListener("resize", later, { passive: true })
  look()
}

/** At the end of the page it is the last heading, however short its part is. */
function current(links: HTMLAnchorElement[]): HTMLAnchorElement | undefined {
  const root = document.documentElement
  if (root.scrollHeight > innerHeight && root.scrollTop + innerHeight >= root.scrollHeight - 2) return links.at(-1)
  return links.findLast((link) => (headingOf(link)?.getBoundingClientRect().top ?? Infinity) <= LINE) ?? links[0]
}

function headingOf(link: HTMLAnchorElement): HTMLElement | null {
  return document.getElementById(decodeURIComponent(link.hash.slice(1)))
}

function mark(links: HTMLAnchorElement[], now: HTMLAnchorElement | undefined): void {
  for (const link of links) {
    if (link === now) link.setAttribute("aria-current", "location")
    else link.removeAttribute("aria-current")
  }
}
