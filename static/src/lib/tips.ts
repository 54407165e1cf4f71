/*
 * Names under the pointer: what a button that is only an icon does and by which key, and the whole of a name that the
 * sidebar cuts off. Shown after a moment's rest, or at once to who comes by keyboard; Escape, a click or going on puts it
 * away, and it stays while the pointer is on it (WCAG 1.4.13). Screen readers have the name from the button itself.
 */
import { boundKey } from "./commands"
import { h } from "./dom"
import { keyCaps } from "./keys"
import { placeAt } from "./popover"

const NAMED = ".btn.icon[aria-label]:not([title], [aria-expanded=true]), .nav a:has(> .clip)"
const REST = 400
const LEAVE = 120

const tip = h("div.tip", { popover: "manual", "aria-hidden": "true" })
let shownFor: HTMLElement | undefined
let timer: ReturnType<typeof setTimeout> | undefined

export function showTips(): void {
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch" || inTip(event)) return clearTimeout(timer)
    const named = namedAt(event)
    if (named === shownFor) return clearTimeout(timer)
    later(named ? REST : LEAVE, () => show(named))
  })
  document.addEventListener("focusin", (event) => {
    const named = namedAt(event)
    later(0, () => show(named?.matches(":focus-visible") ? named : undefined))
  })
  for (const end of ["pointerdown", "keydown", "scroll"]) document.addEventListener(end, () => later(0, hide), true)
}

function later(delay: number, act: () => void): void {
  clearTimeout(timer)
  timer = setTimeout(act, delay)
}

function inTip(event: Event): boolean {
  return event.target instanceof Node && tip.contains(event.target)
}

function namedAt(event: Event): HTMLElement | undefined {
  return (event.target instanceof Element && event.target.closest<HTMLElement>(NAMED)) || undefined
}

function show(named: HTMLElement | undefined): void {
  const name = named?.isConnected && nameOf(named)
  if (!named || !name || named.matches("[aria-expanded=true]")) return hide()
  tip.replaceChildren(name, ...keyCaps(boundKey(named)).map((cap) => h("kbd", {}, cap)))
  // Inside a modal dialog's top layer nothing outside of it can be reached: the tip goes where its button is.
  const layer = named.closest("dialog[open], [popover]:popover-open") ?? document.body
  layer.append(tip)
  shownFor = named
  tip.showPopover()
  placeAt(tip, named)
}

function hide(): void {
  shownFor = undefined
  tip.remove()
}

function nameOf(named: HTMLElement): string {
  const cut = named.querySelector<HTMLElement>(":scope > .clip")
  const label = named.getAttribute("aria-label")
  if (label && !cut) return label.replace(/ \([^)]*\)$/, "")
  return cut && cut.scrollWidth > cut.clientWidth ? (cut.textContent ?? "").trim() : ""
}
