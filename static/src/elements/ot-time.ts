/*
 * <ot-time [data-style="long"]><time datetime="2026-11-21T12:40:00Z">21 Nov 2026, 12:40</time></ot-time>
 * Shows how long ago it was and keeps that true; the server's absolute words stay as the title. One clock for all of
 * them, which also runs after each swap, because a morph puts the server's words back.
 */
import { define } from "../lib/dom"
import { longTime, shortTime } from "../lib/relative-time"
import { language } from "../strings"

const EVERY = 30_000
const shown = new Set<OtTime>()

export class OtTime extends HTMLElement {
  connectedCallback(): void {
    shown.add(this)
    this.update(new Date())
  }

  disconnectedCallback(): void {
    shown.delete(this)
  }

  update(now: Date): void {
    const time = this.querySelector("time")
    const at = new Date(time?.dateTime ?? "")
    if (!time || Number.isNaN(at.getTime())) return
    const words = this.dataset["style"] === "long" ? longTime(at, now, language()) : shortTime(at, now, language())
    if (!time.title) time.title = time.textContent?.trim() ?? ""
    if (time.textContent !== words) time.textContent = words
  }
}

function updateAll(): void {
  const now = new Date()
  for (const element of shown) element.update(now)
}

setInterval(updateAll, EVERY)
document.addEventListener("htmx:after:swap", updateAll)
define("ot-time", OtTime)
