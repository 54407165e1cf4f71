/* The page we stand on, spoken to through its loader. */
import { MARK, marked, type ToFrame, type ToLoader } from "./bridge"

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

/** Nothing outlasts such a page: its only use is to be looked at. */
function alone(hear: (message: ToFrame) => void): Host {
  const page = { url: location.href, title: document.title }
  const told = { page, attributes: {}, identity: null, consent: false }
  queueMicrotask(() => hear({ t: "init", kept: {}, isShown: true, secondsHere: 0, ...told }))
  return { tell: () => undefined }
}
