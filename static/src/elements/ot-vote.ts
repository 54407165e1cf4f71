/*
 * <ot-vote><form method="post" action="…/vote/">…<button name="helpful" value="1">: "was this helpful?" without leaving
 * the article. The server's answer takes the place of what is here and the focus goes to it. Without this script the
 * answer is a page of its own.
 */
import { define } from "../lib/dom"

export class OtVote extends HTMLElement {
  private listening: AbortController | undefined

  connectedCallback(): void {
    this.listening = new AbortController()
    this.addEventListener("submit", (event) => void this.sent(event), { signal: this.listening.signal })
  }

  disconnectedCallback(): void {
    this.listening?.abort()
  }

  private async sent(event: SubmitEvent): Promise<void> {
    const form = event.target as HTMLFormElement
    event.preventDefault()
    const body = new FormData(form, event.submitter)
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } })
      if (!answer.ok) throw new Error(String(answer.status))
      this.innerHTML = await answer.text()
      this.tabIndex = -1
      this.focus()
    } catch {
      this.listening?.abort() // as without a script: the page that comes says what is wrong
      form.requestSubmit(event.submitter)
    }
  }
}

define("ot-vote", OtVote)
