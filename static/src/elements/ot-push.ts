/*
 * <ot-push data-key="…" data-url="/agent/push/" data-worker="/push-worker.js">
 *   <button data-push="on" hidden>…</button> <p data-push="denied" hidden> <p data-push="none" hidden></ot-push>
 * Lets this browser be told of notifications. Shows what is possible here: the button, or why not.
 */
import { announce, closest, define } from "../lib/dom"
import { request } from "../lib/http"
import { text } from "../strings"

export class OtPush extends HTMLElement {
  private listening: AbortController | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    this.addEventListener("click", (event) => closest(event, "button[data-push=on]") && void this.turnOn(), {
      signal: this.listening.signal,
    })
    this.look()
  }

  disconnectedCallback(): void {
    this.listening?.abort()
  }

  private look(): void {
    const can = "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis
    const state = !can ? "none" : Notification.permission === "denied" ? "denied" : "on"
    for (const part of this.querySelectorAll<HTMLElement>("[data-push]")) part.hidden = part.dataset["push"] !== state
  }

  private async turnOn(): Promise<void> {
    try {
      if ((await Notification.requestPermission()) !== "granted") return this.look()
      const worker = await navigator.serviceWorker.register(this.dataset["worker"] ?? "/push-worker.js")
      await navigator.serviceWorker.ready
      const subscription = await worker.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: this.dataset["key"] ?? "",
      })
      await this.keep(subscription)
    } catch (error) {
      // The browser or its maker's server said no: offline, private window, no push service.
      announce("ot:toast", { text: text("push.failed", { reason: (error as Error).message }), tone: "red" })
    }
  }

  private async keep(subscription: PushSubscription): Promise<void> {
    const outcome = await request(this.dataset["url"] ?? "", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(subscription.toJSON()),
    })
    if (outcome.ok) location.reload()
    else if ("message" in outcome.failure)
      announce("ot:toast", { text: text("push.failed", { reason: outcome.failure.message }), tone: "red" })
  }
}

define("ot-push", OtPush)
