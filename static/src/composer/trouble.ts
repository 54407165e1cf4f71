/* Says in the composer's own alert why a message was not sent, and offers what can be done about it. */
import { button, h, icon } from "../lib/dom"
import type { Failure } from "../lib/http"
import { showSignIn } from "../lib/sign-in"
import { text } from "../strings"

export interface Remedy {
  label: string
  run: () => void
}

export interface WaysOn {
  again: () => void
}

export function showTrouble(place: HTMLElement, message: string, remedies: readonly Remedy[] = []): void {
  const buttons = remedies.map(({ label, run }) => button("btn sm", label, run))
  place.replaceChildren(icon("triangle-alert", "sm"), h("span.grow", {}, message), ...buttons)
  place.hidden = false
}

/** Says `message` after what is said already: of several refused files, each is named. */
export function addTrouble(place: HTMLElement, message: string): void {
  const said = place.hidden ? null : place.querySelector(".grow")
  if (!said) showTrouble(place, message)
  else if (!said.textContent?.includes(message)) said.append(` ${message}`)
}

export function clearTrouble(place: HTMLElement): void {
  place.hidden = true
  place.replaceChildren()
}

/** True when it offers a button to press; else the writer goes back to the words. */
export function explainFailure(place: HTMLElement, failure: Failure, ways: WaysOn): boolean {
  const again = { label: text("composer.try_again"), run: ways.again }
  if (failure.kind === "expired") {
    showTrouble(place, text("session.expired"), [again])
    showSignIn(ways.again)
  } else {
    const retry = ["offline", "timeout", "server", "rate"].includes(failure.kind)
    showTrouble(place, failure.message, retry ? [again] : [])
    return retry
  }
  return true
}
