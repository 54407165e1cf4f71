/* A small grid of emoji at its button: the ones that support uses, moved through with the arrows. */
import { closest, h } from "../lib/dom"
import { placeAt } from "../lib/popover"
import { word } from "./words"

const COLUMNS = 8
const SIGNS = (
  "🙂 😀 😄 😊 😉 😍 🤗 😅 🤔 😕 😟 😢 😮 😬 🙈 😴 " +
  "👍 👎 👌 👋 🙏 💪 👏 🤝 ✅ ❌ ⚠️ ❓ ❗ ⏳ ⏰ 📅 " +
  "🎉 🎁 ⭐ ❤️ 💡 🔥 ✨ 🚀 📦 🚚 🛒 💳 📧 📎 📄 🔧 " +
  "🔒 🔑 📱 💻 🖨️ 📷 🌍 🏠 ☕ 🍀 ☀️ 🌧️ 🐛 🆗 🆕 🔝"
).split(" ")

let grid: HTMLElement | undefined
let taken: (sign: string) => void = () => undefined

/** `take` gets what is chosen; the grid stays open for more until Escape or a click elsewhere. */
export function pickEmoji(anchor: HTMLElement, take: (sign: string) => void): void {
  grid ??= build()
  if (grid.matches(":popover-open")) return grid.hidePopover()
  taken = take
  grid.showPopover()
  placeAt(grid, anchor)
  grid.querySelector("button")?.focus()
}

function build(): HTMLElement {
  const cells = SIGNS.map((sign, at) => h("button", { type: "button", tabindex: at ? -1 : 0, "data-sign": sign }, sign))
  const made = h("div.menu.cemoji", { popover: "auto", role: "dialog", "aria-label": word("emoji") }, ...cells)
  made.addEventListener("click", (event) => {
    const sign = closest(event, "[data-sign]")?.dataset["sign"]
    if (!sign) return
    taken(sign)
    if (!event.shiftKey) made.hidePopover()
  })
  made.addEventListener("keydown", (event) => walk(cells, event))
  document.body.append(made)
  return made
}

function walk(cells: HTMLElement[], event: KeyboardEvent): void {
  const ahead = document.dir === "rtl" ? -1 : 1
  const step = { ArrowRight: ahead, ArrowLeft: -ahead, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key]
  if (!step) return
  event.preventDefault()
  cells[Math.max(0, Math.min(cells.length - 1, cells.indexOf(document.activeElement as HTMLElement) + step))]?.focus()
}
