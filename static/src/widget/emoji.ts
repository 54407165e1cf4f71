/* A small grid of what people use most; whoever wants another one has it on their keyboard. */
import { byId, h } from "./dom"

const EMOJI =
  "😀 😃 😄 😁 😅 😂 🙂 😉 😊 😍 😘 😎 🤔 😐 🙄 😴 😕 🙁 😢 😭 😡 😱 🤯 🥳 👍 👎 👌 👏 🙏 💪 👋 🤝 ❤️ 💔 ✨ 🔥 🎉 🎁 ☀️ 🌧️ 🌱 🌸 🍀 ☕ 🍰 🐦 🐶 🐱 🏠 🚚 📦 📷 📅 💡 🔧 🔑 💶 ✅ ❌ ❓".split(
    " ",
  )
const COLUMNS = 8

export function offerEmoji(box: HTMLTextAreaElement): void {
  const grid = byId("emoji")
  grid.addEventListener("beforetoggle", () => {
    if (!grid.firstChild)
      grid.append(...EMOJI.map((one, at) => h("button", { type: "button", tabIndex: at ? -1 : 0 }, one)))
  })
  grid.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState === "open") grid.querySelector<HTMLElement>("[tabindex='0']")?.focus()
  })
  grid.addEventListener("click", ({ target }) => {
    if (!(target instanceof HTMLButtonElement)) return
    box.setRangeText(target.textContent ?? "", box.selectionStart, box.selectionEnd, "end")
    box.dispatchEvent(new Event("input"))
    grid.hidePopover()
    box.focus()
  })
  grid.addEventListener("keydown", (event) => {
    const all = [...grid.querySelectorAll<HTMLElement>("button")]
    const at = all.indexOf(document.activeElement as HTMLElement)
    const ahead = getComputedStyle(grid).direction === "rtl" ? -1 : 1
    const steps: Record<string, number> = {
      ArrowRight: ahead,
      ArrowLeft: -ahead,
      ArrowDown: COLUMNS,
      ArrowUp: -COLUMNS,
    }
    const next = all[at + (steps[event.key] ?? NaN)]
    if (!next) return
    event.preventDefault()
    all[at]!.tabIndex = -1
    next.tabIndex = 0
    next.focus()
  })
}
