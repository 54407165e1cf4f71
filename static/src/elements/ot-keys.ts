/*
 * <ot-keys data-url="/agent/preferences/" data-settings="/agent/profile/keys/" [data-keys='{"e":"q"}'] [data-single=off]>,
 * once per page. Runs the single-key shortcuts that the page's own markup declares with `data-key` ("e", "g i", "F2"),
 * each under the key its reader gave it, and shows them all on `?` (or `[data-open-keys]`), with the switch that turns
 * single keys off (WCAG 2.1.4). Of two elements with one key the one in the pane with the focus is meant, else the
 * ticket's. Copies `data-copy` addresses and `data-copy-text`. Never acts while somebody writes.
 */
import { matchKeyBindingPress, parseKeybinding } from "tinykeys"
import { announce, button, closest, define, h, icon } from "../lib/dom"
import { boundKey, commandsOnPage, isReachable, runCommand, type CommandItem } from "../lib/commands"
import { request } from "../lib/http"
import { isMac, isSingleKey, keyCaps, keyOf, meantKey, ownKeys, singleKeysOn, switchSingleKeys } from "../lib/keys"
import { showSignIn } from "../lib/sign-in"
import { text } from "../strings"

const SEQUENCE_WITHIN = 1_000

export class OtKeys extends HTMLElement {
  private listening: AbortController | undefined
  private presses: KeyboardEvent[] = []
  private prefixTimer: ReturnType<typeof setTimeout> | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    const { signal } = this.listening
    document.addEventListener("keydown", (event) => this.pressed(event), { signal })
    document.addEventListener("click", (event) => this.clicked(event), { signal })
    if (isMac) for (const key of document.querySelectorAll("kbd[data-mod]")) key.textContent = "⌘"
    showOwnKeys()
    document.addEventListener("htmx:after:swap", showOwnKeys, { signal })
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    clearTimeout(this.prefixTimer)
  }

  private pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey) return this.pressedTogether(event)
    if (!isSingleKey(event)) return
    if (!this.presses.length && meantKey(event) === "?") {
      event.preventDefault()
      return this.open()
    }
    const pressed = [...this.presses, event]
    const elements = [...document.querySelectorAll<HTMLElement>("[data-key]")].filter(isReachable)
    const hit = nearest(elements.filter((element) => matchesKeys(boundKey(element), pressed)))
    const leads = !hit && elements.some((element) => beginsKeys(boundKey(element), pressed))
    this.remember(leads ? pressed : [])
    if (hit && runCommand(hit)) event.preventDefault()
  }

  /** With Ctrl (⌘) a key acts while somebody writes, too: Ctrl Enter saves a form. */
  private pressedTogether(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return
    const elements = [...document.querySelectorAll<HTMLElement>('[data-key^="$mod+"]')].filter(isReachable)
    const hit = elements.find((element) => matchesKeys(boundKey(element), [event]))
    if (hit && runCommand(hit)) event.preventDefault()
  }

  private remember(pressed: KeyboardEvent[]): void {
    clearTimeout(this.prefixTimer)
    this.presses = pressed
    if (pressed.length) this.prefixTimer = setTimeout(() => (this.presses = []), SEQUENCE_WITHIN)
  }

  private clicked(event: Event): void {
    if (closest(event, "[data-open-keys]")) return this.open()
    const words = closest(event, "[data-copy-text]")?.dataset["copyText"]
    if (words !== undefined) return void copy(words, text("copied.text"))
    const address = closest(event, "[data-copy]")?.dataset["copy"]
    if (address === undefined) return
    event.preventDefault()
    void copy(new URL(address === "url" ? location.pathname : address, location.href).href, text("copied"))
  }

  private open(): void {
    const close = button("btn ghost icon sm", "", () => sheet.close())
    close.setAttribute("aria-label", text("keys.close"))
    close.append(icon("x", "sm"))
    const sections = groups().map(([name, rows]) => section(name, rows))
    const sheet: HTMLDialogElement = h(
      "dialog.dialog.keys",
      { "aria-labelledby": "keys-title" },
      h("header", {}, h("h2", { id: "keys-title", tabindex: -1, autofocus: true }, text("keys.title")), close),
      h("div.body", {}, h("div.keysheet", {}, ...sections), singleKeySwitch(this)),
    )
    sheet.addEventListener("close", () => sheet.remove())
    sheet.addEventListener("click", (event) => event.target === sheet && sheet.close())
    document.body.append(sheet)
    sheet.showModal()
  }
}

/** Where a list and a ticket share a key, the focus tells which is meant. */
function nearest(elements: readonly HTMLElement[]): HTMLElement | undefined {
  if (elements.length < 2) return elements[0]
  const pane = document.activeElement?.closest(".pane")
  return (
    elements.find((element) => pane?.contains(element)) ??
    elements.find((element) => element.closest("#ticket")) ??
    elements[0]
  )
}

/** The hints in the page name the keys that work for this person. */
function showOwnKeys(): void {
  if (!Object.keys(ownKeys()).length) return
  for (const hint of document.querySelectorAll<HTMLElement>("[data-key] > kbd")) {
    const key = hint.parentElement ? boundKey(hint.parentElement) : ""
    hint.textContent = keyCaps(key).join(" ")
    hint.hidden = !key
  }
}

async function copy(words: string, done: string): Promise<void> {
  // Without https there is no clipboard: then it is shown, to be copied by hand.
  if (!navigator.clipboard) return announce("ot:toast", { text: words, tone: "amber", seconds: 30 })
  await navigator.clipboard.writeText(words)
  announce("ot:toast", { text: done })
}

function matchesKeys(keys: string, pressed: KeyboardEvent[]): boolean {
  if (!keys) return false
  const wanted = parseKeybinding(keys)
  return wanted.length === pressed.length && pressed.every((event, at) => isPress(event, wanted[at]))
}

function beginsKeys(keys: string, pressed: KeyboardEvent[]): boolean {
  if (!keys) return false
  const wanted = parseKeybinding(keys)
  return wanted.length > pressed.length && pressed.every((event, at) => isPress(event, wanted[at]))
}

/** A sign such as "?" or "/" may need Shift on some keyboards, so for signs only the sign itself is compared. */
function isPress(event: KeyboardEvent, press: ReturnType<typeof parseKeybinding>[number] | undefined): boolean {
  if (!press) return false
  const [mods, key] = press
  if (!mods.length && typeof key === "string" && !/^[a-z0-9]$/i.test(key))
    return event.key.toLowerCase() === key.toLowerCase()
  return matchKeyBindingPress(event, press)
}

type Row = readonly [label: string, keys: string]

/** The page's own commands under their headings, after what the scripts themselves know. */
function groups(): [string, Row[]][] {
  const all = new Map<string, Row[]>()
  const add = (name: string, row: Row) => all.set(name, [...(all.get(name) ?? []), row])
  for (const { group, label, keys } of commandsOnPage().filter(({ element }: CommandItem) => element.dataset["key"]))
    add(group || text("keys.general"), [label, keys])
  add(text("keys.general"), [text("keys.palette"), "$mod+k"])
  add(text("keys.general"), [text("keys.theme"), "$mod+Shift+l"])
  add(text("keys.general"), [text("keys.sheet"), keyOf("?")])
  if (document.querySelector("ot-list")) {
    add(text("keys.list"), [text("keys.next"), keyOf("j")])
    add(text("keys.list"), [text("keys.previous"), keyOf("k")])
    add(text("keys.list"), [text("keys.waiting"), keyOf(".")])
    add(text("keys.list"), [text("keys.open"), "Enter"])
  }
  if (document.querySelector("ot-list .pick")) {
    add(text("keys.list"), [text("keys.select"), keyOf("x")])
    add(text("keys.list"), [text("keys.select_next"), keyOf("j") && `Shift+${keyOf("j")}`])
  }
  if (document.querySelector("ot-composer")) {
    add(text("keys.writing"), [text("keys.send"), "$mod+Enter"])
    add(text("keys.writing"), [text("keys.send_solve"), "$mod+Shift+Enter"])
    add(text("keys.writing"), [text("keys.send_pending"), "Alt+Enter"])
    if (document.querySelector("[data-cmd=articles]")) add(text("keys.writing"), [text("keys.article"), "$mod+Shift+K"])
  }
  return [...all]
}

function section(name: string, rows: readonly Row[]): HTMLElement {
  const lines = rows.map(([label, keys]) => {
    const caps = keys ? keyCaps(keys).map((cap) => h("kbd", {}, cap)) : [text("keys.off")]
    return h("div", {}, h("dt", {}, label), h("dd", {}, ...caps))
  })
  return h("section", {}, h("h3", {}, name), h("dl", {}, ...lines))
}

/** Kept with the person, so that it is the same on every device; the switch goes back when that fails. */
function singleKeySwitch(keys: HTMLElement): HTMLElement {
  const box = h("input", { type: "checkbox", checked: singleKeysOn() })
  box.addEventListener("change", () => void save())
  const { url, settings } = keys.dataset
  const change = settings && h("a.btn.ghost.sm", { href: settings }, icon("pencil", "xs"), text("keys.change"))
  return h("div.row.wrap", {}, h("div.field.check.grow", {}, h("label", {}, box, text("keys.single"))), change)

  async function save(): Promise<void> {
    switchSingleKeys(box.checked)
    if (!url) return
    const body = JSON.stringify({ single_keys: box.checked })
    const outcome = await request(url, { method: "POST", body, headers: { "Content-Type": "application/json" } })
    if (outcome.ok) return
    box.checked = !box.checked
    switchSingleKeys(box.checked)
    if (outcome.failure.kind === "expired") showSignIn()
    else announce("ot:toast", { text: outcome.failure.message, tone: "red" })
  }
}

define("ot-keys", OtKeys)
