/*
 * A conversation is read from its end: `data-scroll="end"` starts there and stays there while things are added, unless
 * the reader has scrolled up. Older messages loaded at the top do not move what is being read.
 */
const NEAR = 60

const places = new WeakMap<HTMLElement, { fromEnd: number; height: number }>()
const growing = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const scroller = target.closest<HTMLElement>("[data-scroll=end]")
    if (scroller) settle(scroller)
  }
})

function remember(scroller: HTMLElement): void {
  const height = scroller.scrollHeight
  places.set(scroller, { fromEnd: height - scroller.scrollTop - scroller.clientHeight, height })
}

/** Back to the end, for one that was there. */
function settle(scroller: HTMLElement): void {
  const place = places.get(scroller)
  if (!place || place.fromEnd < NEAR) scroller.scrollTop = scroller.scrollHeight
  remember(scroller)
}

function adopt(): void {
  for (const scroller of document.querySelectorAll<HTMLElement>("[data-scroll=end]")) {
    if (places.has(scroller)) continue
    const aim = location.hash ? scroller.querySelector(`[id="${CSS.escape(location.hash.slice(1))}"]`) : null
    if (aim) aim.scrollIntoView({ block: "start" })
    else scroller.scrollTop = scroller.scrollHeight
    remember(scroller)
    growing.observe(scroller)
    for (const child of scroller.querySelectorAll(".thread")) growing.observe(child)
  }
}

/** On a phone the list goes away when a ticket is opened, and the focus with it. */
function keepFocus(): void {
  const lost = document.activeElement === document.body || !document.activeElement?.checkVisibility()
  if (lost) document.querySelector<HTMLElement>("[data-scroll=end]")?.focus({ preventScroll: true })
}

export function keepAtEnd(): void {
  adopt()
  document.addEventListener(
    "scroll",
    ({ target }) => {
      if (target instanceof HTMLElement && places.has(target)) remember(target)
    },
    { capture: true, passive: true },
  )
  document.addEventListener("htmx:before:swap", ({ target }) => {
    const scroller = target instanceof Element ? target.closest<HTMLElement>("[data-scroll=end]") : null
    if (scroller) remember(scroller)
  })
  document.addEventListener("htmx:after:swap", (event) => {
    adopt()
    if (event.detail.ctx.sourceElement?.closest?.(".ti")) keepFocus()
    for (const scroller of document.querySelectorAll<HTMLElement>("[data-scroll=end]"))
      keepPlace(scroller, event.detail.ctx)
  })
}

/** What "Show earlier" put above the first message pushes the rest down by the height it added. */
function keepPlace(scroller: HTMLElement, swap: { sourceElement?: Element }): void {
  const place = places.get(scroller)
  const added = place ? scroller.scrollHeight - place.height : 0
  if (
    place &&
    added > 0 &&
    place.fromEnd >= NEAR &&
    swap.sourceElement?.closest?.("[data-scroll=end]") === scroller &&
    scroller.scrollTop < NEAR
  ) {
    scroller.scrollTop += added
    remember(scroller)
  } else settle(scroller)
}
