/* The page we stand on, spoken to through its loader. Opened alone, as for a preview, the panel keeps things itself. */
import { type Kept, MARK, marked, type ToFrame, type ToLoader } from "./bridge"

const ALONE = "onethread:alone"

export interface Host {
  tell(message: ToLoader): void
}

/** `hear` gets "init" first, and then what the page does. */
export function host(hear: (message: ToFrame) => void): Host {
  const origin = new URLSearchParams(location.search).get("host")
  if (parent === window || !origin) return alone(hear)
  addEventListener("message", (event) => {
    if (event.origin === origin && event.source === parent && marked(event.data)) hear(event.data as unknown as ToFrame)
  })
  const tell = (message: ToLoader): void => parent.postMessage({ [MARK]: 1, ...message }, origin)
  tell({ t: "ready" })
  return { tell }
}

function alone(hear: (message: ToFrame) => void): Host {
  const page = { url: document.referrer || location.href, title: document.title }
  const told = { page, attributes: {}, identity: null, consent: false }
  queueMicrotask(() => hear({ t: "init", kept: remembered(), isShown: true, secondsHere: 0, ...told }))
  return {
    tell(message) {
      if (message.t === "keep") remember(message.kept)
    },
  }
}

function remembered(): Kept {
  try {
    return JSON.parse(localStorage.getItem(ALONE) ?? "{}")
  } catch {
    return {} // storage is forbidden here: what is said lasts as long as this page
  }
}

function remember(kept: Kept): void {
  try {
    localStorage.setItem(ALONE, JSON.stringify(kept))
  } catch {
    // as above
  }
}
