/*
 * Keeps every element with `data-live` fresh. A signal names topics; each element that shows one of them is fetched
 * from its own `data-live-src` and morphed, so the socket never carries HTML and permissions are asked again on every
 * fetch. Bursts collapse: at most one request in flight and one waiting per element.
 */
import htmx from "htmx.org"
import { announce } from "../lib/dom"
import { request } from "../lib/http"

const GATHER = 30

const busy = new Map<string, "once" | "again">()
const turns = new Map<string, ReturnType<typeof setTimeout>>()

/** Refresh what shows one of `topics`; without topics, everything live on the page. */
export function refresh(topics?: readonly string[]): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-live][data-live-src][id]")) {
    const shown = (element.dataset["live"] ?? "").split(/\s+/)
    if (!topics || shown.some((topic) => topics.includes(topic))) refreshFragment(element.id)
  }
}

export function refreshFragment(id: string): void {
  if (busy.has(id)) {
    busy.set(id, "again")
    return
  }
  busy.set(id, "once")
  setTimeout(() => void fetchAndMorph(id), GATHER)
}

/** Fetch again what says it will know more in `data-live-again` seconds, each page a little later than the other. */
export function awaitTurns(): void {
  for (const { id, dataset } of document.querySelectorAll<HTMLElement>("[data-live-again][id]")) {
    clearTimeout(turns.get(id))
    const seconds = Number(dataset["liveAgain"]) * (1 + Math.random() / 2)
    turns.set(
      id,
      setTimeout(() => document.hidden || refreshFragment(id), seconds * 1000),
    )
  }
}

async function fetchAndMorph(id: string): Promise<void> {
  try {
    const src = document.getElementById(id)?.dataset["liveSrc"]
    if (!src) return
    const outcome = await request(src, { headers: { Accept: "text/html", "HX-Target": id } })
    if (outcome.ok) await morph(id, await outcome.response.text())
    else announce("ot:stale", { id, failure: outcome.failure })
  } finally {
    const again = busy.get(id) === "again"
    busy.delete(id)
    if (again) refreshFragment(id)
  }
}

/** Found again by id: the element may have been replaced while its new content was on the way. */
async function morph(id: string, html: string): Promise<void> {
  const target = document.getElementById(id)
  if (!target || !html.trim()) return
  await htmx.swap({ target, sourceElement: target, swap: "outerMorph", text: html })
  clearTimeout(turns.get(id))
  awaitTurns()
  announce("ot:refreshed", { id })
}
