/* Posts a message and reads the answer. Every try of the same words carries the same key, so the server stores it once. */
import { dispatchTriggers, renewToken, request, type Failure } from "../lib/http"
import type { Composition } from "./composition"

export type Sent = { ok: true; leaveTo: string } | { ok: false; failure: Failure }

export async function sendMessage(
  form: HTMLFormElement,
  composition: Composition,
  fields: Record<string, string>,
): Promise<Sent> {
  const { keeper, attachments } = composition
  const body = new FormData(form)
  renewToken(body)
  body.delete("files")
  body.delete("attachments")
  body.set("body", keeper.words.html)
  body.set("submit_key", keeper.submitKey)
  for (const [name, value] of Object.entries(fields)) body.set(name, value)
  for (const { id } of attachments.list) body.append("attachments", String(id))
  await keeper.pause()
  const outcome = await request(form.action, { method: "POST", body })
  if (!outcome.ok) return outcome
  dispatchTriggers(outcome.response)
  return { ok: true, leaveTo: destination(outcome.response) }
}

/** Where the answer leads to: HX-Redirect, or a redirect to another page than this one; "" to stay. */
function destination(response: Response): string {
  const told = response.headers.get("HX-Redirect")
  if (told) return told
  return response.redirected && new URL(response.url).pathname !== location.pathname ? response.url : ""
}
