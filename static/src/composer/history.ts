/* "Earlier versions": what the draft said before, to look at and to put back. Loaded when it is asked for. */
import { button, h } from "../lib/dom"
import { parseObject, request } from "../lib/http"
import { language, text } from "../strings"

interface Revision {
  id: number
  html: string
  text: string
  at: string
}

/** Shows the dialog; `use` gets the words that were chosen. Says so when there is nothing to show. */
export async function showHistory(draftUrl: string, mode: string, use: (html: string) => void): Promise<string> {
  const outcome = await request(`${draftUrl}revisions/?mode=${mode}`)
  if (!outcome.ok) return "message" in outcome.failure ? outcome.failure.message : text("session.expired")
  const found = parseObject(await outcome.response.text())["revisions"]
  const revisions = Array.isArray(found) ? (found as Revision[]) : []
  if (!revisions.length) return text("history.none")
  open(revisions, use)
  return ""
}

function open(revisions: readonly Revision[], use: (html: string) => void): void {
  let chosen = revisions[0]
  const words = h("div.words.card", { tabindex: 0, dir: "auto", role: "region", "aria-label": text("history.words") })
  const items = revisions.map((revision) => {
    const item = button("mi", "", () => look(revision))
    const when = new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" })
    item.append(h("b", {}, when.format(new Date(revision.at))), h("small.clip", { dir: "auto" }, revision.text))
    return item
  })
  const look = (revision: Revision) => {
    chosen = revision
    items.forEach((item, at) => item.setAttribute("aria-pressed", String(revisions[at] === revision)))
    words.replaceChildren(...new DOMParser().parseFromString(revision.html, "text/html").body.childNodes)
  }
  const close = button("btn ghost sm", text("close"), () => dialog.close())
  const take = button("btn primary", text("history.use"), () => {
    dialog.close()
    if (chosen) use(chosen.html)
  })
  const dialog = h(
    "dialog.dialog.history",
    { "aria-labelledby": "history-title" },
    h("header", {}, h("h2", { id: "history-title" }, text("history.title")), close),
    h("div.body", {}, h("div.versions", {}, ...items), words),
    h("div.actions", {}, take),
  )
  dialog.addEventListener("close", () => dialog.remove())
  document.body.append(dialog)
  if (revisions[0]) look(revisions[0])
  dialog.showModal()
}
