/* Forms that do something with a chat (take it, hold it, pass it on): sent without leaving the page, with what went wrong. */
import { announce, h } from "../lib/dom"
import { request, type Failure } from "../lib/http"
import { showSignIn } from "../lib/sign-in"

/** `data-chat-act` names the chat that is this person's afterwards; `data-chat-ask` is a dialog's form. */
export async function act(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const body = new FormData(form, submitter)
  const buttons = [...form.querySelectorAll("button")]
  for (const button of buttons) button.disabled = true
  const outcome = await request(form.action, { method: "POST", body, headers: { Accept: "application/json" } })
  for (const button of buttons) button.disabled = false
  if (!outcome.ok) return failed(form, outcome.failure)
  if (form.dataset["chatAsk"] !== undefined) announce("ot:chat-done", {})
  const chat = Number(form.dataset["chatAct"])
  if (chat) announce("ot:chat-accepted", { chat })
}

function failed(form: HTMLFormElement, failure: Failure): void {
  if (failure.kind === "expired") return showSignIn()
  const place = form.querySelector<HTMLElement>("[data-error]")
  if (!place) return announce("ot:toast", { text: failure.message, tone: "red" })
  place.hidden = false
  place.replaceChildren(h("span", {}, failure.message))
}
