/* The button on the host's page, what it says while the panel is closed, and the frame of the panel. */
import style from "../../css/widget/loader.css"

export interface Look {
  config: {
    key: string
    hue: number
    isAtStart: boolean
    direction: string
    needsIdentity: boolean
    asksConsent: boolean
    isWatching: boolean
    words: Record<"open" | "close" | "unread" | "dismiss" | "panel", string>
  }
  frame(src: string): HTMLIFrameElement
  show(isOpen: boolean): void
  badge(count: number): void
  peek(text: string, name: string): void
  lock(isLocked: boolean): void
  remove(): void
}

interface Hearing {
  toggle(): void
  wanted(): void
  peeked(isAccepted: boolean): void
}

const SVG = "http://www.w3.org/2000/svg"
const BUBBLE = "M21 11.6a8.6 8.6 0 0 1-12.6 7.7L3.5 20.5l1.3-4.6A8.6 8.6 0 1 1 21 11.6zM8.6 10.5h6.8M8.6 13.7h4.2"
const CROSS = "M6 6l12 12M18 6L6 18"

/** Built node by node: a host whose policy asks for trusted types has nothing against that. */
function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  fields: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(name), fields)
  element.append(...children)
  return element
}

function glyph(path: string, name: string): SVGElement {
  const svg = document.createElementNS(SVG, "svg")
  const line = document.createElementNS(SVG, "path")
  svg.setAttribute("viewBox", "0 0 24 24")
  svg.setAttribute("class", name)
  svg.setAttribute("aria-hidden", "true")
  line.setAttribute("d", path)
  svg.append(line)
  return svg
}

export function draw(config: Look["config"], hearing: Hearing): Look {
  const { words } = config
  const host = make("div")
  const root = host.attachShadow({ mode: "closed" })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(style)
  root.adoptedStyleSheets = [sheet]

  const badge = make("b")
  const button = make(
    "button",
    { type: "button", ariaLabel: words.open, ariaExpanded: "false" },
    glyph(BUBBLE, "c"),
    glyph(CROSS, "x"),
    badge,
  )
  const box = make("div", { className: config.isAtStart ? "at start" : "at", dir: config.direction }, button)
  box.style.setProperty("--ot-hue", String(config.hue))
  button.addEventListener("click", hearing.toggle)
  for (const name of ["pointerenter", "focus", "touchstart"])
    button.addEventListener(name, hearing.wanted, { passive: true })
  root.append(box)
  // Beside the body, which some sites exchange as a whole; in the top layer nothing of theirs moves or covers it.
  document.documentElement.append(host)
  host.popover = "manual"
  host.showPopover?.()

  let panel: HTMLIFrameElement | undefined
  let peek: HTMLElement | undefined
  let isOpen = false
  let count = 0

  const label = (): void => {
    const unread = count ? words.unread.replace("{count}", String(count)) : words.open
    button.ariaLabel = isOpen ? words.close : unread
    badge.textContent = count && !isOpen ? String(Math.min(count, 99)) : ""
  }
  const unpeek = (): void => {
    peek?.remove()
    peek = undefined
  }

  return {
    config,
    frame(src) {
      panel = make("iframe", { title: words.panel, src, allow: "clipboard-write" })
      panel.inert = !isOpen
      box.append(panel)
      return panel
    },
    show(wanted) {
      isOpen = wanted
      box.classList.toggle("on", wanted)
      button.ariaExpanded = String(wanted)
      if (panel) panel.inert = !wanted
      unpeek()
      label()
      if (wanted) panel?.focus()
      else button.focus()
    },
    badge(wanted) {
      count = wanted
      label()
    },
    peek(text, name) {
      if (isOpen) return
      unpeek()
      const who = name ? [make("i", {}, name)] : []
      const words_ = make("button", { type: "button", className: "say", dir: "auto" }, ...who, text)
      const no = make("button", { type: "button", className: "no", ariaLabel: words.dismiss }, glyph(CROSS, ""))
      words_.addEventListener("click", () => hearing.peeked(true))
      no.addEventListener("click", () => {
        unpeek()
        hearing.peeked(false)
        button.focus()
      })
      peek = make("div", { className: "peek", role: "status" }, words_, no)
      box.append(peek)
    },
    lock(isLocked) {
      host.hidden = isLocked
    },
    remove: () => host.remove(),
  }
}
