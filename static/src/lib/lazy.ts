/* Elements that not every page has: their code comes once one is on the page. */

const AHEAD_AFTER = 4_000

/** Runs `load` as soon as something matches `selector`, now or after a swap; with `ahead` else some idle seconds later. */
export function loadWhenNeeded(selector: string, load: () => Promise<unknown>, ahead = false): void {
  const listening = new AbortController()
  const start = () => {
    if (listening.signal.aborted) return
    listening.abort()
    load().catch((error: unknown) => console.warn("a part of the page could not be loaded", selector, error))
  }
  const look = () => document.querySelector(selector) && start()
  for (const name of ["htmx:after:swap", "ot:refreshed"]) {
    document.addEventListener(name, look, { signal: listening.signal })
  }
  look()
  if (ahead) loadAhead(start)
}

/** Runs `load` with the first selection on a page that has `selector`; frames don't tell of theirs, so else when idle. */
export function loadWhenSelecting(selector: string, load: () => Promise<unknown>): void {
  const listening = new AbortController()
  const start = () => {
    if (listening.signal.aborted || !document.querySelector(selector)) return
    listening.abort()
    load().catch((error: unknown) => console.warn("a part of the page could not be loaded", selector, error))
  }
  const look = () => document.getSelection()?.isCollapsed === false && start()
  document.addEventListener("selectionchange", look, { signal: listening.signal })
  loadAhead(start)
}

/** Runs `load` in an idle moment, once the page itself has long been there. */
export function loadAhead(load: () => void): void {
  const idle = window.requestIdleCallback ?? ((run: () => void) => run())
  setTimeout(() => idle(load), AHEAD_AFTER)
}
