/*
 * Before somebody signs out: what this browser still holds of theirs goes to the server, then out of the browser, so that
 * nothing is lost and nobody finds it there, and it is told nothing more. What can't be saved is said first; a second press signs out all the same.
 */
import { h } from "../lib/dom"
import { csrfToken, request } from "../lib/http"
import { readLocal, removeLocal } from "../lib/storage"
import { text } from "../strings"
import type { LocalDraft } from "./stored"

/** How many texts of `me` could not be put on the server. Those that are there are removed from the browser. */
export async function settleDrafts(me: string): Promise<number> {
  const own = (kind: string) => Object.keys(localStorage).filter((key) => key.startsWith(`ot:${kind}:${me}:`))
  const saved = await Promise.all(own("draft").map((key) => settle(key)))
  const onlyHere = ["keep", "chat-draft", "chat-out"].flatMap(own)
  return saved.filter((done) => !done).length + onlyHere.length
}

async function settle(key: string): Promise<boolean> {
  const [, , , ticket = "", mode = ""] = key.split(":")
  const draft = readLocal<LocalDraft>(key)
  const done = !draft?.dirty || (await save(ticket, mode, draft))
  if (done) removeLocal(key)
  return done
}

/** A conflict counts as saved: the server has put the words among the earlier versions. */
async function save(ticket: string, mode: string, draft: LocalDraft): Promise<boolean> {
  const { html, version, recipients = null } = draft
  const attachments = draft.attachments.map(({ id }) => id)
  const outcome = await request(`/agent/tickets/${ticket}/draft/`, {
    method: "PUT",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify({ mode, html, version, attachments, recipients }),
  })
  return outcome.ok || outcome.failure.kind === "conflict"
}

/**
 * Whoever uses this browser next must not be shown what `me` is told. The server forgets it first, which nobody else can
 * make good; a browser that fails to forget gets nothing any more.
 */
export async function stopPush(): Promise<void> {
  try {
    const worker = await navigator.serviceWorker?.getRegistration()
    const subscription = await worker?.pushManager?.getSubscription()
    if (!subscription) return
    const body = JSON.stringify({ endpoint: subscription.endpoint })
    await request("/agent/push/", { method: "DELETE", headers: { "Content-Type": "application/json" }, body })
    await subscription.unsubscribe()
  } catch (error) {
    console.warn("this browser could not be unsubscribed", error)
  }
}

/** Everything that this browser holds of theirs: texts, forms, what they looked at lately. */
export function forget(me: string): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith("ot:") && key.split(":")[2] === me) removeLocal(key)
  }
}

/** Takes over `<form data-sign-out="5">` of the sign-out page. */
export function guardSignOut(form: HTMLFormElement): void {
  const me = form.dataset["signOut"] ?? ""
  let asked = false
  form.addEventListener("submit", (event) => {
    if (asked) return forget(me)
    event.preventDefault()
    void Promise.all([settleDrafts(me), stopPush()]).then(([left]) => {
      asked = true
      if (!left) return form.requestSubmit()
      form.prepend(h("p.notice.tone-amber", { role: "alert" }, text("sign_out.unsaved")))
    })
  })
}
