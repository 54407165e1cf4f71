/*
 * Selected words of a message get a button "Redact" beside them; it opens the dialog of that message (#redact, see
 * ot-ask) with the words put in. Loaded with the first selection on a page that may redact.
 */
import htmx from "htmx.org"
import { text } from "./strings"

const WORDS = ".msg .words, .msg ot-mail-frame"
const GAP = 8

let button: HTMLButtonElement | undefined
let chosen: { message: string; words: string } | undefined

/** The words that are selected in one message, in the page or in the frame of a mail, and where they are. */
function selected(): { message: string; words: string; box: DOMRect } | undefined {
  const inPage = document.getSelection()
  if (inPage && !inPage.isCollapsed) return found(inPage, inPage.anchorNode, 0, 0)
  for (const frame of document.querySelectorAll<HTMLIFrameElement>(".msg ot-mail-frame iframe")) {
    const inside = frame.contentDocument?.getSelection()
    const { left, top } = frame.getBoundingClientRect()
    if (inside && !inside.isCollapsed) return found(inside, frame, left, top)
  }
  return undefined
}

function found(selection: Selection, from: Node | null, left: number, top: number) {
  const element = from instanceof Element ? from : from?.parentElement
  const message = element?.closest(WORDS)?.closest(".msg")?.id
  const words = selection.toString().trim()
  if (!message?.startsWith("m") || !words) return undefined
  const { x, y, width, height } = selection.getRangeAt(0).getBoundingClientRect()
  return { message: message.slice(1), words, box: new DOMRect(x + left, y + top, width, height) }
}

function show(): void {
  const now = selected()
  chosen = now
  if (!now) {
    button?.remove()
    return
  }
  button ??= made()
  document.body.append(button)
  const { offsetWidth, offsetHeight } = button
  const beside = Math.min(Math.max(GAP, now.box.left), innerWidth - offsetWidth - GAP)
  const above = now.box.top - offsetHeight - GAP
  button.style.insetInlineStart = "auto"
  button.style.left = `${beside}px`
  button.style.top = `${above > GAP ? above : now.box.bottom + GAP}px`
}

function made(): HTMLButtonElement {
  const pill = document.createElement("button")
  pill.type = "button"
  pill.className = "btn sm redactpill"
  pill.textContent = text("redact.selection")
  pill.addEventListener("pointerdown", (event) => event.preventDefault()) // the selection stays
  pill.addEventListener("click", () => void open())
  return pill
}

async function open(): Promise<void> {
  if (!chosen) return
  const { message, words } = chosen
  button?.remove()
  await htmx.ajax("GET", `/agent/messages/${message}/redactions/`, {
    source: "#redact",
    target: "#redact",
    swap: "innerHTML",
  })
  const dialog = document.querySelector("#redact")
  const field = dialog?.querySelector<HTMLTextAreaElement>("textarea")
  if (!dialog || !field) return
  if (words.includes("\n")) {
    const passage = document.createElement("input")
    Object.assign(passage, { type: "hidden", name: "passage", value: words })
    dialog.querySelector("[data-passages]")?.append(passage)
    const quote = document.createElement("blockquote")
    quote.textContent = words
    dialog.querySelector("[data-passages]")?.append(quote)
  } else field.value = words
  dialog.querySelector<HTMLButtonElement>("[type=submit]")?.focus()
}

/** Follows selections in the page and in the frames of mails. */
export function followSelections(): void {
  const later = () => requestAnimationFrame(show)
  for (const name of ["pointerup", "keyup", "selectionchange"]) document.addEventListener(name, later)
  document.addEventListener("scroll", () => button?.remove(), { capture: true, passive: true })
  const watchFrames = () => {
    for (const frame of document.querySelectorAll<HTMLIFrameElement>(".msg ot-mail-frame iframe")) {
      frame.contentDocument?.addEventListener("selectionchange", later)
    }
  }
  watchFrames()
  document.addEventListener("load", (event) => event.target instanceof HTMLIFrameElement && watchFrames(), true)
  later()
}
