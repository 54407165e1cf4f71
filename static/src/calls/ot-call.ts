/*
 * <ot-call> around the form that writes down a call, or the page of one: who it was is found while it is typed (arrows,
 * Enter), the duration runs while the page is open until somebody writes it, and one script is shown at a time.
 */
import { closest, define } from "../lib/dom"
import { request } from "../lib/http"
import { Options } from "../lib/options"
import { clock, keepTicking, seconds } from "./ticking"

export class OtCall extends HTMLElement {
  private listening: AbortController | undefined
  private timer: ReturnType<typeof setInterval> | undefined
  private options: Options | undefined
  private counted = 0

  connectedCallback(): void {
    this.listening = new AbortController()
    keepTicking()
    this.findPeople()
    this.runTimer()
    this.showScript()
    this.querySelector("[name=script]")?.addEventListener("change", () => this.showScript(), {
      signal: this.listening.signal,
    })
  }

  disconnectedCallback(): void {
    this.listening?.abort()
    clearInterval(this.timer)
  }

  private get who(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>("#id_who")
  }

  private get people(): HTMLElement | null {
    return this.querySelector<HTMLElement>("#call-people")
  }

  private findPeople(): void {
    const { who, people, listening } = this
    if (!who || !people || !listening) return
    const { signal } = listening
    const found = () => [...people.querySelectorAll<HTMLElement>("[role=option]")]
    this.options = new Options(who, found)
    who.addEventListener("input", () => this.choose(undefined), { signal })
    who.addEventListener("keydown", (event) => this.pressed(event), { signal })
    who.addEventListener("blur", () => setTimeout(() => this.open(false), 150), { signal })
    people.addEventListener("pointerdown", (event) => event.preventDefault(), { signal })
    people.addEventListener("click", (event) => this.choose(closest(event, "[role=option]")), { signal })
    document.addEventListener(
      "htmx:after:swap",
      () => {
        const first = found()[0]
        if (document.activeElement !== who) return
        this.open(first !== undefined)
        this.options?.activate(first)
      },
      { signal },
    )
  }

  private open(is: boolean): void {
    if (this.people) this.people.hidden = !is
    this.who?.setAttribute("aria-expanded", String(is))
    if (!is) this.options?.activate(undefined)
  }

  private pressed(event: KeyboardEvent): void {
    if (!this.people || this.people.hidden) return
    if (event.key === "Escape") {
      event.preventDefault()
      this.open(false)
    } else if (event.key === "Enter" && this.options?.current) {
      event.preventDefault()
      this.choose(this.options.current)
      this.querySelector<HTMLElement>("[name=notes]")?.focus()
    } else this.options?.move(event)
  }

  /** `option` is who it was; nobody any more, once something else is typed. */
  private choose(option: HTMLElement | null | undefined): void {
    const customer = this.querySelector<HTMLInputElement>("[name=customer]")!
    if (!option) {
      if (customer.value) void this.showTickets((customer.value = ""))
      return
    }
    const { customer: id = "", number = "", name = "" } = option.dataset
    customer.value = id
    this.who!.value = name
    const field = this.querySelector<HTMLInputElement>("[name=number]")!
    if (number) field.value = number
    this.open(false)
    void this.showTickets(id)
  }

  private async showTickets(customer: string): Promise<void> {
    const about = this.querySelector<HTMLElement>("#call-about")!
    const outcome = await request(`${about.dataset["src"]}?customer=${customer}`, { headers: { Accept: "text/html" } })
    if (outcome.ok) about.innerHTML = await outcome.response.text()
  }

  private runTimer(): void {
    const field = this.querySelector<HTMLInputElement>("[name=duration]")
    const button = this.querySelector<HTMLButtonElement>("[data-timer]")
    if (!field || !button || !this.listening) return
    button.hidden = false
    const stop = () => {
      clearInterval(this.timer)
      this.timer = undefined
      button.textContent = button.dataset["go"] ?? ""
    }
    const go = () => {
      const begun = Date.now() - (seconds(field.value) ?? this.counted) * 1_000
      this.timer = setInterval(() => {
        this.counted = (Date.now() - begun) / 1_000
        field.value = clock(this.counted)
      }, 500)
      button.textContent = button.dataset["stop"] ?? ""
    }
    const { signal } = this.listening
    field.addEventListener("input", stop, { signal })
    button.addEventListener("click", () => (this.timer ? stop() : go()), { signal })
    if (!this.querySelector("[aria-invalid=true]") && (seconds(field.value) ?? 1) === 0) go()
    else stop()
  }

  private showScript(): void {
    const chosen = this.querySelector<HTMLSelectElement>("[name=script]")?.value
    for (const script of this.querySelectorAll<HTMLDetailsElement>("[data-script]")) {
      script.hidden = script.dataset["script"] !== chosen
      script.open = !script.hidden
    }
  }
}

define("ot-call", OtCall)
