/*
 * What stands in the pane while a ticket is on its way, when it does not come, and when the one that is open is gone.
 * It lies over the pane and leaves the composer under it as it is, so a failure costs no words. The pictures come from the
 * page's templates: #opening (nothing before 300 ms), #opening-failed, #ticket-gone and #list-failed.
 */
import type { HtmxRequestCtx } from "htmx.org"
import { closest } from "../lib/dom"
import { isSignIn } from "../lib/http"
import { text } from "../strings"
import { refreshFragment } from "./fragments"

const LATE = 300

let timer: ReturnType<typeof setTimeout> | undefined
let wanted: HtmxRequestCtx | undefined

export function showOpenings(): void {
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => isOpening(ctx) && began(ctx))
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => isOpening(ctx) && isDrawn(ctx) && done())
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => failed(ctx))
  document.addEventListener("htmx:error", ({ detail: { ctx } }) => ctx && failed(ctx))
  document.addEventListener("ot:closed", done)
  document.addEventListener("ot:stale", (event) => gone(event as CustomEvent))
  document.addEventListener("click", (event) => clicked(event))
}

/** Requests whose failure is said in the pane, so that it needs no toast. */
export function isSaidInPlace(ctx: HtmxRequestCtx): boolean {
  return isOpening(ctx) || isList(ctx)
}

function isOpening({ sourceElement, target }: HtmxRequestCtx): boolean {
  return target?.id === "ticket" || (sourceElement instanceof Element && sourceElement.closest(".ti") !== null)
}

/** htmx goes through the motions of a swap after a refusal too. */
function isDrawn({ response }: HtmxRequestCtx): boolean {
  return response?.raw?.ok !== false
}

function isList({ sourceElement }: HtmxRequestCtx): boolean {
  return sourceElement instanceof Element && sourceElement.id === "tl"
}

function began(ctx: HtmxRequestCtx): void {
  wanted = ctx
  clearTimeout(timer)
  timer = setTimeout(() => lay("opening"), LATE)
}

function done(): void {
  clearTimeout(timer)
  for (const cover of document.querySelectorAll(".cover")) cover.remove()
}

function failed(ctx: HtmxRequestCtx): void {
  const response = ctx.response?.raw
  if (response && isSignIn(response)) return done()
  if (isList(ctx)) return listFailed(ctx)
  if (!isOpening(ctx) || ctx !== wanted) return
  const missing = response?.status === 404 || response?.status === 403
  const cover = lay(missing ? "ticket-gone" : "opening-failed")
  fill(cover, response, missing)
}

function listFailed(ctx: HtmxRequestCtx): void {
  const list = document.getElementById("tl")
  const picture = template("list-failed")
  if (!list || !picture || list.querySelector(".ti")) return
  list.replaceChildren(picture)
  fill(list, ctx.response?.raw, false)
}

/** The open ticket can no longer be fetched: deleted, or moved where this reader may not look. */
function gone({ detail: { id, failure } }: CustomEvent<{ id: string; failure: { kind: string } }>): void {
  if (!["talk", "props"].includes(id) || !["gone", "forbidden"].includes(failure.kind)) return
  lay("ticket-gone", document.getElementById("conv"))
}

function lay(name: string, over: Element | null = document.querySelector(".sheet")): HTMLElement | undefined {
  done()
  const picture = template(name)
  if (!picture || !over) return undefined
  over.append(picture)
  return over.querySelector<HTMLElement>(":scope > .cover") ?? undefined
}

function template(name: string): DocumentFragment | undefined {
  const found = document.getElementById(name)
  return found instanceof HTMLTemplateElement ? (found.content.cloneNode(true) as DocumentFragment) : undefined
}

function fill(place: HTMLElement | undefined, response: Response | undefined, missing: boolean): void {
  const reason = place?.querySelector("[data-reason]")
  const reference = response?.headers.get("X-Request-ID")
  const why = response ? text("error.server") : text("error.offline")
  if (reason && !missing)
    reason.textContent = [why, reference && text("error.reference", { reference })].filter(Boolean).join(" ")
  place?.querySelector<HTMLElement>("[data-again], a")?.focus({ preventScroll: true })
}

function clicked(event: Event): void {
  if (closest(event, "[data-again]")) {
    const source = wanted?.sourceElement
    const row = source instanceof HTMLElement && source.isConnected ? source : undefined
    done()
    row?.click()
  } else if (closest(event, "[data-list-again]")) refreshFragment("tl")
  else if (closest(event, "[data-uncover]")) done()
}
