/* What element tests share: put markup on the page, answer fetches, press keys, collect events. */
import { vi } from "vitest"

/** Parsed first and put on the page whole, as a browser does it: elements find their children when they connect. */
export function page(html: string): HTMLElement {
  const template = document.createElement("template")
  template.innerHTML = html
  document.body.replaceChildren(document.importNode(template.content, true))
  return document.body
}

export function one<E extends HTMLElement = HTMLElement>(selector: string): E {
  const found = document.querySelector<E>(selector)
  if (!found) throw new Error(`no ${selector} on the page`)
  return found
}

export interface Sent {
  url: string
  method: string
  headers: Headers
  body: unknown
}

type Answer = { status?: number; json?: unknown; html?: string; headers?: Record<string, string> } | Error

/** Answers fetches from `answers` in turn (the last one again and again) and keeps what was sent. */
export function serve(...answers: Answer[]): Sent[] {
  const sent: Sent[] = []
  vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
    sent.push({ url: String(url), method: init.method ?? "GET", headers: new Headers(init.headers), body: init.body })
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (!answer || answer instanceof Error) throw answer ?? new TypeError("no answer")
    const type = answer.json === undefined ? "text/html" : "application/json"
    const body = answer.json === undefined ? (answer.html ?? null) : JSON.stringify(answer.json)
    return new Response(answer.status === 204 ? null : body, {
      status: answer.status ?? 200,
      headers: { "Content-Type": type, ...answer.headers },
    })
  })
  return sent
}

export function press(key: string, target: EventTarget = document.body, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more })
  target.dispatchEvent(event)
  return event
}

/** The details of every `name` event on document from here on. */
export function heard(name: string): unknown[] {
  const details: unknown[] = []
  document.addEventListener(name, (event) => details.push((event as CustomEvent).detail))
  return details
}

/** What showPopover does in a browser, which happy-dom has not: tell, give the focus, tell again. */
export function openPopover(popover: HTMLElement): void {
  popover.dispatchEvent(Object.assign(new Event("beforetoggle"), { newState: "open" }))
  popover.querySelector<HTMLElement>("[autofocus]")?.focus()
  popover.dispatchEvent(Object.assign(new Event("toggle"), { newState: "open" }))
}
