/* A small grid of what people use most, drawn by the server; whoever wants another one has it on their keyboard. */
import { byId } from "./dom"

const COLUMNS = 8

export function offerEmoji(box: HTMLTextAreaElement): void {
  const grid = byId("emoji")
  const all = [...grid.querySelectorAll("button")]
  grid.addEventListener("toggle", () => {
    if (grid.matches(":popover-open")) all.find((one) => !one.tabIndex)?.focus()
  })
  grid.addEventListener("click", ({ target }) => {
    if (!(target instanceof HTMLButtonElement)) return
    box.setRangeText(target.textContent ?? "", box.selectionStart, box.selectionEnd, "end")
    box.dispatchEvent(new Event("input"))
    grid.hidePopover()
    box.focus()
  })
  grid.addEventListener("keydown", (event) => {
    const ahead = document.dir === "rtl" ? -1 : 1
    const steps: Record<string, number> = {
      ArrowRight: ahead,
      ArrowLeft: -ahead,
      ArrowDown: COLUMNS,
      ArrowUp: -COLUMNS,
    }
    const next = all[all.indexOf(document.activeElement as HTMLButtonElement) + (steps[event.key] ?? NaN)]
    if (!next) return
    event.preventDefault()
    for (const one of all) one.tabIndex = one === next ? 0 : -1
    next.focus()
  })
}
