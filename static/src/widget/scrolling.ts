/* Whoever is at the end of the conversation stays there; whoever reads further up is told that there is more. */
import { byId } from "./dom"

const NEAR = 60 // pixels from the end that count as being there

export interface End {
  go(): void
  /** there is something new */
  more(): void
}

export function followEnd(): End {
  const scroll = byId("scroll")
  const below = byId("below")
  let isThere = true
  let last = 0
  const go = (): void => {
    isThere = true
    below.hidden = true
    scroll.scrollTop = scroll.scrollHeight
  }
  const look = (): void => {
    const { scrollTop } = scroll
    const isNear = scroll.scrollHeight - scrollTop - scroll.clientHeight < NEAR
    isThere = isNear || (isThere && scrollTop >= last) // what grew meanwhile has led nobody away from the end
    last = scrollTop
    below.hidden ||= isThere
  }
  const grown = new ResizeObserver(() => isThere && go())
  for (const place of [scroll, ...scroll.children]) grown.observe(place)
  scroll.addEventListener("scroll", look, { passive: true })
  below.onclick = go
  return { go, more: () => (below.hidden = isThere) }
}
