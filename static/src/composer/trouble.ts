/* Says in the composer's own alert why a message was not sent, and offers what can be done about it. */
import { button, h, icon } from "../lib/dom"

export interface Remedy {
  label: string
  run: () => void
}

export function showTrouble(place: HTMLElement, message: string, remedies: readonly Remedy[] = []): void {
  const buttons = remedies.map(({ label, run }) => button("btn sm", label, run))
  place.replaceChildren(icon("triangle-alert", "sm"), h("span.grow", {}, message), ...buttons)
  place.hidden = false
}

export function clearTrouble(place: HTMLElement): void {
  place.hidden = true
  place.replaceChildren()
}
