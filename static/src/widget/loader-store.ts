/* What has to outlast a page of the host's: in its local storage, where it lets us; else as long as the page is open. */
import type { Kept } from "./bridge"

const WHO = 32 // characters of a token that name the visitor; the rest is when and by whom it was signed

export function storage(name: string): { get(): Kept; set(kept: Kept): void } {
  let memory = stored(name)
  return {
    get: () => memory,
    set(kept) {
      // Words of the same visitor that wait in another tab stay: it may be gone before the network is back.
      const there = stored(name)
      const isTheirs = there.token?.slice(0, WHO) === kept.token?.slice(0, WHO)
      const others = there.unsent?.filter(({ id }) => isTheirs && !memory.unsent?.some((own) => own.id === id)) ?? []
      const all = { ...kept, unsent: others.concat(kept.unsent ?? []) }
      memory = kept
      try {
        if (Object.keys(kept).length) localStorage[name] = JSON.stringify(all)
        else delete localStorage[name]
      } catch {
        // full or forbidden: it is kept in memory
      }
    },
  }
}

function stored(name: string): Kept {
  try {
    return JSON.parse(localStorage[name]) ?? {}
  } catch {
    return {} // none, no storage, or something else in its place: we go on without
  }
}
