/* Two people wrote the same article at once: who, what both say, and the choice between them. */
import { button, h, icon } from "../lib/dom"
import { text } from "../strings"
import type { Stored, Words } from "./saving"

export interface Choice {
  mine(): void
  theirs(): void
}

/** Shown in `place` until somebody chooses. */
export function showConflict(place: Element, ours: () => Words, other: Stored, choose: Choice): void {
  place.querySelector("[data-conflict]")?.remove()
  const done = (what: () => void) => () => {
    notice.remove()
    what()
  }
  const notice = h(
    "div.notice.tone-amber",
    { role: "alert", "data-conflict": true },
    icon("users", "sm"),
    h("span.grow", {}, text("article.conflict", { name: other.by })),
    button("btn sm", text("article.compare"), () => compare(ours(), other)),
    button("btn sm", text("draft.keep_mine"), done(choose.mine)),
    button("btn sm", text("article.use_theirs"), done(choose.theirs)),
  )
  place.append(notice)
  notice.scrollIntoView({ block: "nearest" })
}

function compare(ours: Words, other: Stored): void {
  const close = button("btn ghost sm", text("close"), () => dialog.close())
  const dialog = h(
    "dialog.dialog.comparing",
    { "aria-labelledby": "comparing-title" },
    h("header", {}, h("h2", { id: "comparing-title" }, text("article.compare")), close),
    h("div.body", {}, column(text("article.mine"), ours), column(other.by, other)),
  )
  dialog.addEventListener("close", () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
}

function column(whose: string, { title, summary, body }: Words): HTMLElement {
  const words = h("div.tiptap.words", { dir: "auto" })
  words.append(...new DOMParser().parseFromString(body, "text/html").body.childNodes)
  for (const image of words.querySelectorAll<HTMLImageElement>("img[data-picture]")) {
    image.src = `/hc/pictures/${Number(image.dataset["picture"])}`
  }
  return h(
    "section",
    { tabindex: 0, "aria-label": whose },
    h("p.semi", { dir: "auto" }, whose),
    h("h3", { dir: "auto" }, title),
    h("p.muted", { dir: "auto" }, summary),
    words,
  )
}
