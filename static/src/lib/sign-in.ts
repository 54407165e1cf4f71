/* The dialog of a session that ended while somebody was working: sign in elsewhere, come back, go on. Nothing is lost. */
import { button, h } from "./dom"
import { text } from "../strings"

let dialog: HTMLDialogElement | undefined

/** Shown once at a time; `again` runs what failed, once the reader says they have signed in. */
export function showSignIn(again?: () => void): void {
  if (dialog?.open) return
  const link = h(
    "a.btn",
    { href: `/accounts/login/?next=${encodeURIComponent(location.pathname)}`, target: "_blank" },
    text("session.sign_in"),
  )
  const close = (after?: () => void) => () => {
    dialog?.close()
    after?.()
  }
  const retry = button("btn primary", text("composer.try_again"), close(again ?? (() => location.reload())))
  dialog = h(
    "dialog.dialog",
    { "aria-labelledby": "sign-in-title" },
    h("header", {}, h("h2", { id: "sign-in-title", tabindex: -1, autofocus: true }, text("session.expired"))),
    h(
      "div.body",
      {},
      h("p", {}, text("session.expired_text")),
      h("div.actions", {}, link, retry, button("btn ghost", text("session.later"), close())),
    ),
  )
  dialog.addEventListener("close", () => dialog?.remove())
  document.body.append(dialog)
  dialog.showModal()
}
