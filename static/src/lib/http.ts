/*
 * Requests of our own (the live fragments, the composer, drafts, undo) and the reading of what went wrong.
 * The CSRF token comes from the cookie first: after signing in again in another tab the token in the form is stale.
 */
import { text } from "../strings"
import { readCookie } from "./cookies"

export type Failure =
  | { kind: "expired" }
  | { kind: "conflict"; message: string; data: Record<string, unknown> }
  | { kind: "refused"; message: string; data: Record<string, unknown> }
  | { kind: "forbidden" | "too_big" | "rate" | "server" | "offline" | "timeout" | "gone"; message: string }

export type Outcome = { ok: true; response: Response } | { ok: false; failure: Failure }

const TIMEOUT = 30_000

export function csrfToken(): string {
  return readCookie("csrftoken") ?? document.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? ""
}

/** Django reads the token in a form before the one in the header: after a new sign-in the form's is the wrong one. */
export function renewToken(form: FormData): void {
  if (form.has("csrfmiddlewaretoken")) form.set("csrfmiddlewaretoken", csrfToken())
}

/** Sends a request as htmx would and sorts the answer: `ok` for 2xx, else why not, in words for the reader. */
export async function request(url: string, init: RequestInit = {}, timeout = TIMEOUT): Promise<Outcome> {
  const headers = new Headers(init.headers)
  headers.set("HX-Request", "true")
  if (!headers.has("Accept")) headers.set("Accept", "application/json, text/html;q=0.9")
  if (init.method && init.method !== "GET") headers.set("X-CSRFToken", csrfToken())
  let response: Response
  try {
    response = await fetch(url, { credentials: "same-origin", signal: AbortSignal.timeout(timeout), ...init, headers })
    await response.clone().arrayBuffer() // a connection may also be lost in the middle of an answer
  } catch (error) {
    const late = error instanceof DOMException && error.name === "TimeoutError"
    return {
      ok: false,
      failure: late
        ? { kind: "timeout", message: text("error.timeout") }
        : { kind: "offline", message: text("error.offline") },
    }
  }
  if (isSignIn(response)) return { ok: false, failure: { kind: "expired" } }
  return response.ok ? { ok: true, response } : { ok: false, failure: await readFailure(response) }
}

/** A signed-out browser gets 401, or is led to the sign-in page by a redirect that fetch follows silently. */
export function isSignIn(response: Response): boolean {
  return response.status === 401 || (response.redirected && new URL(response.url).pathname.startsWith("/accounts/"))
}

async function readFailure(response: Response): Promise<Failure> {
  const data = await readBody(response)
  const reason = typeof data["detail"] === "string" ? data["detail"] : readErrors(data["errors"])
  switch (response.status) {
    case 403:
      return { kind: "forbidden", message: reason || text("error.forbidden") }
    case 404:
    case 410:
      return { kind: "gone", message: reason || text("error.gone") }
    case 409:
      return { kind: "conflict", message: reason || text("error.moved_on"), data }
    case 413:
      return { kind: "too_big", message: reason || text("error.too_big") }
    case 429:
      return { kind: "rate", message: text("error.rate", { seconds: response.headers.get("Retry-After") ?? "60" }) }
    case 503:
      return { kind: "server", message: text("error.maintenance") }
    default:
      return response.status >= 500
        ? { kind: "server", message: withReference(text("error.server"), response) }
        : { kind: "refused", message: reason || text("error.refused"), data }
  }
}

function withReference(message: string, response: Response): string {
  const reference = response.headers.get("X-Request-ID")
  return reference ? `${message} ${text("error.reference", { reference })}` : message
}

/** JSON as it is; of HTML the words. What a broken server prints is not shown. */
async function readBody(response: Response): Promise<Record<string, unknown>> {
  const header = response.headers.get("X-Reason")
  const body = await response.text()
  if (response.headers.get("Content-Type")?.includes("json")) {
    return parseObject(body)
  }
  if (header) return { detail: header }
  if (response.status >= 500 || !body) return {}
  return { detail: wordsOf(body) }
}

/** What a page or fragment says went wrong: its marked part, our error pages' sentence, or a bare fragment's whole text. */
export function wordsOf(html: string): string {
  const page = new DOMParser().parseFromString(html, "text/html")
  const marked = page.querySelector("[data-error], .fault p")
  if (!marked && page.querySelector("title")) return ""
  return ((marked ?? page.body).textContent?.replace(/\s+/g, " ").trim() ?? "").slice(0, 400)
}

/** The JSON object in `body`; a broken or empty one says nothing, so it reads as an empty object. */
export function parseObject(body: string): Record<string, unknown> {
  try {
    const data: unknown = JSON.parse(body)
    return typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {}
  } catch (error) {
    console.warn("not JSON", error)
    return {}
  }
}

/** Django's `{"field": ["sentence"]}` or `{"field": [{"message": "sentence"}]}` as one paragraph. */
function readErrors(errors: unknown): string {
  if (typeof errors !== "object" || errors === null) return ""
  return Object.values(errors)
    .flat()
    .map((error: unknown) =>
      typeof error === "object" && error !== null && "message" in error ? String(error.message) : String(error),
    )
    .join(" ")
}

/** Dispatches the events named in an `HX-Trigger` header, as htmx does for its own requests. */
export function dispatchTriggers(response: Response): void {
  const header = response.headers.get("HX-Trigger")
  if (!header) return
  const events: Record<string, unknown> = header.startsWith("{")
    ? (JSON.parse(header) as Record<string, unknown>)
    : Object.fromEntries(header.split(",").map((name) => [name.trim(), {}]))
  for (const [name, detail] of Object.entries(events)) document.dispatchEvent(new CustomEvent(name, { detail }))
}
