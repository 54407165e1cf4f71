/*
 * <ot-theme> around <button data-theme-set="auto|light|dark">, <button data-density-set="compact|regular|cozy"> and
 * <button data-theme-toggle>. The choice is a cookie, so that the server renders the next page in it at once; the density
 * is a preference of the person as well, which goes before the cookie and follows them to their other devices.
 * Ctrl/Cmd+Shift+L switches between light and dark from anywhere.
 */
import { writeCookie } from "../lib/cookies"
import { announce, closest, define } from "../lib/dom"
import { request } from "../lib/http"
import { showSignIn } from "../lib/sign-in"

const root = document.documentElement

export function setTheme(theme: string): void {
  root.dataset["theme"] = theme
  writeCookie("theme", theme)
  showChoices()
}

export function setDensity(density: string): void {
  root.dataset["density"] = density
  writeCookie("density", density)
  showChoices()
  void storeDensity(density)
}

/** Only where somebody is signed in: <ot-keys> of the workspace knows the address. */
async function storeDensity(density: string): Promise<void> {
  const url = document.querySelector<HTMLElement>("ot-keys")?.dataset["url"]
  if (!url) return
  const body = JSON.stringify({ density })
  const outcome = await request(url, { method: "POST", body, headers: { "Content-Type": "application/json" } })
  if (outcome.ok) return
  if (outcome.failure.kind === "expired") showSignIn()
  else announce("ot:toast", { text: outcome.failure.message, tone: "red" })
}

/** The wanted scheme comes from matchMedia: the computed `color-scheme` reads "light dark" and says nothing. */
export function toggleTheme(): void {
  const theme = root.dataset["theme"]
  const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches)
  setTheme(dark ? "light" : "dark")
}

function showChoices(): void {
  for (const choice of document.querySelectorAll<HTMLElement>("[data-theme-set]")) {
    press(choice, choice.dataset["themeSet"] === (root.dataset["theme"] ?? "auto"))
  }
  for (const choice of document.querySelectorAll<HTMLElement>("[data-density-set]")) {
    press(choice, choice.dataset["densitySet"] === (root.dataset["density"] ?? "regular"))
  }
}

function press(choice: HTMLElement, on: boolean): void {
  const radio = choice.getAttribute("role")?.endsWith("radio") ?? false
  choice.setAttribute(radio ? "aria-checked" : "aria-pressed", String(on))
}

export class OtTheme extends HTMLElement {
  private listening: AbortController | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    this.addEventListener("click", (event) => this.clicked(event), { signal: this.listening.signal })
    showChoices()
  }

  disconnectedCallback(): void {
    this.listening?.abort()
  }

  private clicked(event: Event): void {
    const theme = closest(event, "[data-theme-set]")?.dataset["themeSet"]
    const density = closest(event, "[data-density-set]")?.dataset["densitySet"]
    if (theme) setTheme(theme)
    else if (density) setDensity(density)
    else if (closest(event, "[data-theme-toggle]")) toggleTheme()
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "l" || !event.shiftKey || !(event.ctrlKey || event.metaKey)) return
  event.preventDefault()
  toggleTheme()
})
define("ot-theme", OtTheme)
