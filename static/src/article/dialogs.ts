/* What must be asked before it is put in: what a picture shows, where a video is, which block, Markdown. */
import { button, h, icon } from "../lib/dom"
import { matches } from "../lib/options"
import { text } from "../strings"
import type { OfferedBlock } from "./offers"

interface Asking {
  dialog: HTMLDialogElement
  body: HTMLElement
  wrong: HTMLElement
}

/** A dialog with a form; `apply` answers what is wrong, or "" when it may close. */
function ask(title: string, label: string, apply: () => string | Promise<string>): Asking {
  const wrong = h("p.cerror", { role: "alert" })
  const body = h("div.form.wide", {})
  const send = h("button.btn.primary", { type: "submit" }, label)
  const cancel = button("btn ghost", text("article.cancel"), () => dialog.close())
  const form = h("form.body", { novalidate: true }, body, wrong, h("div.actions", {}, send, cancel))
  const dialog = h(
    "dialog.dialog.asking",
    { "aria-labelledby": "asking-title" },
    h("header", {}, h("h2", { id: "asking-title" }, title)),
    form,
  )
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    event.stopPropagation()
    if (send.disabled) return
    send.disabled = true
    void Promise.resolve(apply()).then((reason) => {
      send.disabled = false
      wrong.textContent = reason
      if (!reason) dialog.close()
    })
  })
  dialog.addEventListener("close", () => dialog.remove())
  document.body.append(dialog)
  return { dialog, body, wrong }
}

export interface PictureWords {
  alt: string
  caption: string
}

/** Asks what a picture shows; nobody goes on without an answer, which may be "nothing that matters". */
export function askPicture(
  source: string,
  known: PictureWords | undefined,
  done: (words: PictureWords) => string | Promise<string>,
): void {
  const alt = h("textarea.input", { rows: 2, maxlength: 300, "aria-describedby": "alt-help", dir: "auto" })
  const none = h("input", { type: "checkbox" })
  const caption = h("input.input", { maxlength: 300, dir: "auto" })
  alt.value = known?.alt ?? ""
  none.checked = known !== undefined && !known.alt
  caption.value = known?.caption ?? ""
  alt.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return // of a script that is written with several keys for one sign
    event.preventDefault() // it is one sentence, and done
    alt.form?.requestSubmit()
  })
  const follow = () => (alt.disabled = none.checked)
  none.addEventListener("change", follow)
  follow()
  const asking = ask(text("article.picture"), text(known ? "article.apply" : "article.put_in"), () => {
    const words = alt.value.replace(/\s+/g, " ").trim()
    if (!words && !none.checked) {
      alt.setAttribute("aria-invalid", "true")
      alt.focus()
      return text("article.alt_needed")
    }
    return done({ alt: none.checked ? "" : words, caption: caption.value.trim() })
  })
  const shown = h("img.asked", { src: source, alt: "" })
  shown.addEventListener("error", () => (asking.wrong.textContent = text("article.only_pictures")))
  asking.body.append(
    shown,
    field(text("article.alt"), alt, h("small.help", { id: "alt-help" }, text("article.alt_help"))),
    h("div.field.check", {}, h("label", {}, none, text("article.alt_decorative"))),
    field(text("article.caption"), caption),
  )
  asking.dialog.showModal()
  ;(none.checked ? caption : alt).focus()
}

export function askVideo(done: (at: string) => void): void {
  const address = h("input.input", { inputmode: "url", placeholder: "https://www.youtube.com/watch?v=…" })
  const { dialog, body } = ask(text("article.video"), text("article.put_in"), () => {
    const at = videoAt(address.value)
    if (!at) return text("article.video_wrong")
    done(at)
    return ""
  })
  body.append(field(text("article.video_address"), address, h("small.help", {}, text("article.video_help"))))
  dialog.showModal()
  address.focus()
}

export function askMarkdown(done: (words: string) => Promise<string>): void {
  const words = h("textarea.input", { rows: 14, dir: "auto", spellcheck: "false", "aria-label": "Markdown" })
  const { dialog, body } = ask(text("article.markdown"), text("article.put_in"), () => done(words.value))
  body.append(words)
  dialog.showModal()
  words.focus()
}

export function askBlock(blocks: OfferedBlock[], done: (block: OfferedBlock) => void): void {
  const filter = h("input.input", { placeholder: text("article.block_find"), "aria-label": text("article.block_find") })
  const list = h("div.asklist", {})
  for (const block of blocks) {
    const row = button("mi", "", () => {
      dialog.close()
      done(block)
    })
    row.append(icon("layers", "sm"), h("span.grow.clip", { dir: "auto" }, block.name))
    if (block.missing) row.append(h("small", {}, text("article.block_missing")))
    list.append(row)
  }
  filter.addEventListener("input", () => {
    for (const [at, row] of [...list.children].entries()) {
      ;(row as HTMLElement).hidden = !matches(blocks[at]?.name ?? "", filter.value)
    }
  })
  filter.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return
    event.preventDefault() // the first that is left, as in every other list that is typed into
    list.querySelector<HTMLElement>(".mi:not([hidden])")?.click()
  })
  const close = button("btn ghost sm", text("close"), () => dialog.close())
  const dialog = h(
    "dialog.dialog.asking",
    { "aria-labelledby": "asking-title" },
    h("header", {}, h("h2", { id: "asking-title" }, text("article.block")), close),
    h("div.body.col", {}, filter, blocks.length ? list : h("p.muted", {}, text("article.block_no"))),
  )
  dialog.addEventListener("close", () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
  filter.focus()
}

/** "youtube:…" or "vimeo:…" of an address as people copy it; "" for every other site. */
export function videoAt(typed: string): string {
  const address = typed.trim()
  const url = URL.canParse(address) ? new URL(address) : null
  if (!url || !/^https?:$/.test(url.protocol)) return ""
  const host = url.hostname.replace(/^(www|m|player)\./, "")
  const parts = url.pathname.split("/").filter(Boolean)
  if (host === "youtu.be") return youtube(parts[0])
  if (host === "youtube.com" || host === "youtube-nocookie.com") {
    return youtube(["embed", "shorts", "live"].includes(parts[0] ?? "") ? parts[1] : url.searchParams.get("v"))
  }
  const number = host === "vimeo.com" ? parts.find((part) => /^\d+$/.test(part)) : undefined
  return number ? `vimeo:${number}` : ""
}

function youtube(id: string | null | undefined): string {
  return id && /^[\w-]{6,20}$/.test(id) ? `youtube:${id}` : ""
}

function field(label: string, input: HTMLElement, ...more: HTMLElement[]): HTMLElement {
  return h("label.field", {}, h("span.label", {}, label), input, ...more)
}
