/* The article beside the editor as its readers would get it: a frame with the help centre's own look, kept up to date. */
import { request } from "../lib/http"
import type { Words } from "./saving"

const AFTER = 500

export class Preview {
  private timer: ReturnType<typeof setTimeout> | undefined
  private isLoaded = false

  constructor(
    private readonly place: HTMLElement,
    private readonly url: string,
    private readonly words: () => Words,
  ) {}

  get isOpen(): boolean {
    return !this.place.hidden
  }

  toggle(): void {
    this.place.hidden = this.isOpen
    const { frame } = this
    if (!this.isOpen || !frame) return
    if (this.isLoaded) return void this.update()
    frame.addEventListener("load", () => void this.loaded(), { once: true })
    frame.src = this.url
  }

  changed(): void {
    clearTimeout(this.timer)
    if (this.isOpen) this.timer = setTimeout(() => void this.update(), AFTER)
  }

  private get frame(): HTMLIFrameElement | null {
    return this.place.querySelector("iframe")
  }

  private async loaded(): Promise<void> {
    this.isLoaded = true
    await this.update()
  }

  /** Its inside alone, so that it stays where its reader has scrolled to. */
  private async update(): Promise<void> {
    const { title, summary, body } = this.words()
    const form = new FormData()
    for (const [name, value] of Object.entries({ title, summary, body })) form.append(name, value)
    const outcome = await request(this.url, { method: "POST", body: form })
    const inside = this.frame?.contentDocument?.getElementById("preview")
    if (!outcome.ok || !inside) return
    const page = new DOMParser().parseFromString(await outcome.response.text(), "text/html")
    inside.replaceChildren(...page.body.childNodes)
  }
}
