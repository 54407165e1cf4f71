/*
 * <ot-toast role="region" aria-label="Notifications" hx-morph-skip>
 *   [<template data-toast data-tone="green">text</template>]</ot-toast>
 * Short answers to what the reader did. One with `undo` counts down and posts to that address when taken back; it and
 * every red one waits while the pointer or the focus is on it.
 * Hears: ot:toast {text, tone?, undo?, seconds?, href?, label?}; with `href` it has a link named `label`.
 * Dispatches: ot:undone {url, html?, mode?} once the server has taken something back.
 */
import { announce, button, closest, define, h, icon } from "../lib/dom"
import { parseObject, request } from "../lib/http"
import { showSignIn } from "../lib/sign-in"
import { refresh } from "../live/fragments"
import { text } from "../strings"

const SHOWN_FOR = 6
const UNDO_FOR = 10
const ICONS: Record<string, string> = { green: "circle-check", red: "triangle-alert", amber: "info" }

export interface Toast {
  text: string
  tone?: string
  /** Address to post to when the reader takes it back. */
  undo?: string
  /** How long it stays; the time left to undo. */
  seconds?: number
  /** Where the reader can go from it. */
  href?: string | undefined
  label?: string
}

export class OtToast extends HTMLElement {
  private listening: AbortController | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    document.addEventListener("ot:toast", (event) => this.show((event as CustomEvent<Toast>).detail), {
      signal: this.listening.signal,
    })
    document.addEventListener("submit", (event) => this.submitted(event), { signal: this.listening.signal })
    for (const template of this.querySelectorAll<HTMLTemplateElement>("template[data-toast]")) {
      const { tone, undo, seconds } = template.dataset
      const words = template.content.textContent?.trim() ?? ""
      template.remove()
      this.show({
        text: words,
        ...(tone && { tone }),
        ...(undo && { undo }),
        ...(seconds && { seconds: Number(seconds) }),
      })
    }
  }

  /** The Undo under a message is a form that works without scripts; with them the words come back to the composer. */
  private submitted(event: SubmitEvent): void {
    const url = closest(event, "form[data-undo]")?.dataset["undo"]
    if (!url) return
    event.preventDefault()
    void this.takeBack(url)
  }

  disconnectedCallback(): void {
    this.listening?.abort()
  }

  show(toast: Toast): void {
    if (!toast.text) return
    const tone = toast.tone ?? "green"
    if (tone === "red" && this.isSaid(toast.text)) return
    const element = h("div", { class: `toast tone-${tone}`, role: tone === "red" ? "alert" : "status" })
    const dismiss = button("btn ghost icon sm", "", () => leave(element))
    dismiss.setAttribute("aria-label", text("toast.dismiss"))
    dismiss.append(icon("x", "xs"))
    element.append(icon(ICONS[tone] ?? "info", "sm"), h("span.grow", {}, toast.text))
    if (toast.undo) element.append(this.undoButton(toast, element))
    if (toast.href) element.append(h("a.btn.ghost.sm", { href: toast.href }, toast.label ?? toast.href))
    element.append(dismiss)
    this.append(element)
    if (toast.undo || tone !== "red") countDown(element, toast.seconds ?? (toast.undo ? UNDO_FOR : SHOWN_FOR))
  }

  /** Bad news stays until it is dismissed: two fragments that fail alike say it once. */
  private isSaid(words: string): boolean {
    return [...this.querySelectorAll(".toast.tone-red .grow")].some(({ textContent }) => textContent === words)
  }

  private undoButton(toast: Toast, element: HTMLElement): HTMLButtonElement {
    const undo = button("btn ghost sm", toast.label ?? text("toast.undo"), () => {
      undo.disabled = true
      void this.takeBack(toast.undo ?? "", element)
    })
    undo.dataset["key"] = "z"
    undo.append(h("span.count", { "aria-hidden": "true" }))
    return undo
  }

  private async takeBack(url: string, element?: HTMLElement): Promise<void> {
    const outcome = await request(url, { method: "POST" })
    for (const toast of element ? [element] : this.querySelectorAll<HTMLElement>(".toast:has([data-key=z])"))
      leave(toast)
    if (outcome.ok) {
      const answer = await outcome.response.text()
      announce("ot:undone", { url, ...(answer.trimStart().startsWith("{") ? parseObject(answer) : {}) })
      refresh()
      this.show({ text: text("toast.undone") })
    } else if (outcome.failure.kind === "expired") {
      showSignIn()
    } else {
      const late = ["conflict", "refused", "gone"].includes(outcome.failure.kind)
      this.show({ text: late ? text("toast.undo_failed") : outcome.failure.message, tone: "red" })
    }
  }
}

/** Counts only while nobody points at the toast or has its focus (WCAG 2.2.1); an undo is over on the server all the same. */
function countDown(element: HTMLElement, seconds: number): void {
  let left = seconds
  const count = element.querySelector(".count")
  const showLeft = () => count && (count.textContent = String(Math.max(0, left)))
  showLeft()
  const timer = setInterval(() => {
    if (!element.isConnected) return clearInterval(timer)
    if (!count && element.matches(":hover, :focus-within")) return
    left -= 1
    showLeft()
    if (left > 0) return
    clearInterval(timer)
    leave(element)
  }, 1000)
}

/** Focus that was inside would be lost to the top of the page: it goes to the main part instead. */
function leave(element: HTMLElement): void {
  const held = element.contains(document.activeElement)
  element.remove()
  if (held) document.querySelector<HTMLElement>("#conv .scroll[tabindex], main")?.focus()
}

define("ot-toast", OtToast)
