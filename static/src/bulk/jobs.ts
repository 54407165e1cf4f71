/*
 * The bulk edits of this tab that are going on: a card each in a corner, over every page with a list. The card is a live
 * fragment; it is also asked for every two seconds, because a ping may be lost. What went well leaves by itself.
 */
import { JOBS } from "../elements/ot-bulk"
import { closest, h } from "../lib/dom"
import { refreshFragment } from "../live/fragments"
import { text } from "../strings"

const ASK_EVERY = 2_000
const LEAVES_AFTER = 8_000

export function watchAgain(): void {
  for (const job of kept()) watch(job)
}

export function watch(job: number): void {
  keep([...kept().filter((each) => each !== job), job])
  const id = `bulk-${job}`
  if (document.getElementById(id)) return
  region().append(h("article.jobcard", { id, "data-live": "bulk", "data-live-src": `/agent/bulk/${job}/` }))
  refreshFragment(id)
  const timer = setInterval(() => {
    if (isFinished(id) || !document.getElementById(id)) clearInterval(timer)
    else refreshFragment(id)
  }, ASK_EVERY)
}

function region(): HTMLElement {
  const found = document.querySelector<HTMLElement>(".jobs")
  if (found) return found
  const made = h("section.jobs", { "aria-label": text("bulk.jobs") })
  made.addEventListener("click", (event) => {
    const card = closest(event, "[data-dismiss]") && closest(event, ".jobcard")
    if (card) dismiss(card)
  })
  document.addEventListener("ot:refreshed", (event) => settled((event as CustomEvent<{ id: string }>).detail.id))
  document.addEventListener("ot:stale", (event) => gone((event as CustomEvent).detail))
  document.body.append(made)
  return made
}

function isFinished(id: string): boolean {
  return ["done", "cancelled"].includes(document.getElementById(id)?.dataset["state"] ?? "")
}

function settled(id: string): void {
  const card = document.getElementById(id)
  if (!card?.matches(".jobs > .jobcard") || !isFinished(id) || card.dataset["settled"]) return
  card.dataset["settled"] = "1"
  forget(id)
  if (card.dataset["refused"] === "0") leave(card)
}

/** Not while somebody points at it or has its focus. */
function leave(card: HTMLElement): void {
  setTimeout(() => (card.matches(":hover, :focus-within") ? leave(card) : dismiss(card)), LEAVES_AFTER)
}

function gone({ id, failure }: { id: string; failure: { kind: string } }): void {
  const card = document.getElementById(id)
  if (!card?.matches(".jobs > .jobcard") || failure.kind !== "gone") return
  forget(id)
  card.remove()
}

function dismiss(card: HTMLElement): void {
  const held = card.contains(document.activeElement)
  card.remove()
  if (held) document.querySelector<HTMLElement>("main")?.focus()
}

function forget(id: string): void {
  keep(kept().filter((job) => `bulk-${job}` !== id))
}

function kept(): number[] {
  return (sessionStorage.getItem(JOBS) ?? "").split(",").filter(Boolean).map(Number)
}

function keep(jobs: number[]): void {
  if (jobs.length) sessionStorage.setItem(JOBS, jobs.join(","))
  else sessionStorage.removeItem(JOBS)
}
