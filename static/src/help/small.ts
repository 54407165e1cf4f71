/* Small comforts of the help centre's pages. */
import { writeCookie } from "../lib/cookies"
import { closest } from "../lib/dom"

/** A menu that opens without a script closes by Escape and by a click elsewhere with one. */
export function closeDrops(): void {
  document.addEventListener("click", (event) => {
    for (const open of opened()) if (!open.contains(event.target as Node)) open.open = false
  })
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return
    for (const open of opened()) {
      open.open = false
      open.querySelector("summary")?.focus()
    }
  })
}

function opened(): HTMLDetailsElement[] {
  return [...document.querySelectorAll<HTMLDetailsElement>("details.drop[open]")]
}

/** Whoever chooses a language finds the help centre in it when they come again. */
export function keepLanguage(): void {
  document.addEventListener("click", (event) => {
    const language = closest(event, ".drop a[hreflang]")?.getAttribute("hreflang")
    if (language) writeCookie("help_language", language)
  })
}

export function printOnDemand(): void {
  document.addEventListener("click", (event) => {
    if (closest(event, "[data-print]")) print()
  })
}

/** Light, dark or as the device: a cookie, so that the next page comes in it. */
export function chooseTheme(): void {
  press(document.documentElement.dataset["theme"]) // a page that is kept for many says "as the device"
  document.addEventListener("click", (event) => {
    const theme = closest(event, "[data-theme-set]")?.dataset["themeSet"]
    if (!theme) return
    document.documentElement.dataset["theme"] = theme
    writeCookie("theme", theme)
    press(theme)
  })
}

function press(theme = "auto"): void {
  for (const choice of document.querySelectorAll<HTMLElement>("[data-theme-set]"))
    choice.setAttribute("aria-pressed", String(choice.dataset["themeSet"] === theme))
}
