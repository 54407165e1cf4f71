/* Which `details[data-fold]` are open is a cookie, so that the server draws the next page with the same ones open. */
import { readCookie, writeCookie } from "./cookies"

const COOKIE = "folds"

export function keepFolds(): void {
  document.addEventListener("toggle", (event) => toggled(event.target), true) // toggle does not bubble
}

function toggled(fold: EventTarget | null): void {
  if (!(fold instanceof HTMLDetailsElement) || fold.dataset["fold"] === undefined) return
  const open = new Set((readCookie(COOKIE) ?? "").split(".").filter(Boolean))
  if (fold.open) open.add(fold.id)
  else open.delete(fold.id)
  writeCookie(COOKIE, [...open].join("."))
}
