/*
 * The dialog a file is looked at in. Arrows go through all files of the conversation, Esc closes; the focus returns to
 * the link it came from, also when that is another one by now.
 */
import { button, h, icon } from "../lib/dom"
import { text } from "../strings"
import { content } from "./content"

export function openViewer(links: readonly HTMLAnchorElement[], first: HTMLAnchorElement): HTMLDialogElement {
  let at = Math.max(0, links.indexOf(first))
  let isGuarded = false // until the PDF viewer has tried to take the focus
  let isTabbing = false
  const title = h("h2.clip", { id: "viewer-title", dir: "auto", tabindex: -1, autofocus: true })
  const place = h("span.place")
  const download = h("a.btn.ghost.icon.sm", { "aria-label": text("preview.download"), download: "" }, null)
  download.append(icon("download", "sm"))
  const open = h("a.btn.ghost.icon.sm", { "aria-label": text("preview.open"), target: "_blank", rel: "noopener" })
  open.append(icon("external-link", "sm"))
  const stage = h("div.stage", { "aria-live": "polite" })
  const step = (by: number) => show((at + by + links.length) % links.length)
  const header = h("header", {}, title, place, download, open)
  header.append(labelled("x", "preview.close", () => dialog.close()))
  const dialog: HTMLDialogElement = h("dialog.dialog.viewer", { "aria-labelledby": "viewer-title" }, header, stage)
  if (links.length > 1) {
    const previous = labelled("chevron-left", "preview.previous", () => step(-1))
    const next = labelled("chevron-right", "preview.next", () => step(1))
    previous.classList.add("turn", "turn-back")
    next.classList.add("turn", "turn-on")
    dialog.append(previous, next)
  }

  function show(index: number): void {
    at = index
    const link = links[at]
    if (!link) return
    const name = nameOf(link)
    title.textContent = name
    place.textContent = links.length > 1 ? text("preview.place", { at: at + 1, all: links.length }) : ""
    download.href = open.href = link.href
    download.download = name
    stage.replaceChildren(content(link.dataset["preview"] ?? "", link.href, name))
    isGuarded = stage.querySelector("iframe") !== null
  }

  const takeBack = () => {
    window.focus()
    title.blur() // it may be the page's active element still, and then its own focus() does nothing
    title.focus()
  }
  // The browser's PDF viewer takes the focus when it is ready, and keeps arrows and Esc to itself: it may, once asked.
  const listening = new AbortController()
  addEventListener(
    "blur",
    () => {
      const isTaken = document.activeElement instanceof HTMLIFrameElement && stage.contains(document.activeElement)
      if (!isTaken || !isGuarded || isTabbing) return
      isGuarded = false
      setTimeout(takeBack)
    },
    { signal: listening.signal },
  )
  dialog.addEventListener("keydown", (event) => {
    isTabbing = event.key === "Tab"
    const by = direction(event)
    if (!by || links.length < 2 || event.target instanceof HTMLMediaElement) return
    event.preventDefault()
    step(by)
  })
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target === stage) dialog.close()
  })
  dialog.addEventListener("close", () => {
    listening.abort()
    dialog.remove()
    links[at]?.focus()
  })
  document.body.append(dialog)
  show(at)
  dialog.showModal()
  return dialog
}

function labelled(name: string, label: Parameters<typeof text>[0], onClick: () => void): HTMLButtonElement {
  const made = button("btn ghost icon sm", "", onClick)
  made.setAttribute("aria-label", text(label))
  made.append(icon(name, "sm"))
  return made
}

function direction(event: KeyboardEvent): number {
  const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight"
  if (event.ctrlKey || event.metaKey || event.altKey || !event.key.startsWith("Arrow")) return 0
  if (event.key === forward) return 1
  return event.key === "ArrowLeft" || event.key === "ArrowRight" ? -1 : 0
}

function nameOf(link: HTMLAnchorElement): string {
  return link.querySelector("bdi")?.textContent ?? decodeURIComponent(link.pathname.split("/").pop() ?? "")
}
