/*
 * The tickets beside the one that is read, fetched while nothing else goes on, so that j and k draw at once. At most
 * three are kept, each is used once and for a minute at most, and one that is named by a live signal is dropped: what is
 * shown is never older than what a fetch would bring. Without a live socket nobody would tell, so nothing is kept.
 */
import { request } from "../../lib/http"
import { refresh } from "../../live/fragments"

const MOST = 3
const KEPT_FOR = 60_000
const SETTLED_AFTER = 250
const UNTIL_LIVE = 1_000

interface Kept {
  ticket: string
  html: string
  until: number
}

export class Neighbours {
  private readonly kept = new Map<string, Kept>()
  /** Under way; a signal that names the ticket meanwhile spoils the answer. */
  private readonly fetching = new Map<string, { ticket: string; spoiled: boolean }>()
  private timer: ReturnType<typeof setTimeout> | undefined

  listen(signal: AbortSignal): void {
    document.addEventListener("ot:changed", (event) => this.changed((event as CustomEvent).detail.topics), { signal })
    document.addEventListener("ot:resync", () => this.forget(), { signal })
    signal.addEventListener("abort", () => this.forget())
  }

  /** Fetch these when the page has been still for a moment; `left` was just left with words in its composer. */
  prepare(links: (HTMLAnchorElement | null | undefined)[], left?: string, settled = SETTLED_AFTER): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      if (!isLive()) return this.prepare(links, left, UNTIL_LIVE)
      for (const link of links) if (link && ticketOf(link) !== left) void this.fetch(link)
    }, settled)
  }

  has(link: HTMLAnchorElement): boolean {
    return this.peek(addressOf(link)) !== undefined
  }

  /** The fragment for `address`, once. Afterwards the server is asked whether it was still the newest. */
  take(address: string): string | undefined {
    const found = this.peek(address)
    this.kept.delete(address)
    return found?.html
  }

  private peek(address: string): Kept | undefined {
    const found = this.kept.get(address)
    return found && found.until > Date.now() && isLive() ? found : undefined
  }

  private async fetch(link: HTMLAnchorElement): Promise<void> {
    const address = addressOf(link)
    if (!isLive() || this.peek(address) || this.fetching.has(address) || document.hidden) return
    const asked = { ticket: ticketOf(link), spoiled: false }
    this.fetching.set(address, asked)
    const outcome = await request(address, { headers: { Accept: "text/html", "HX-Target": "ticket" } })
    const html = outcome.ok ? await outcome.response.text() : ""
    this.fetching.delete(address)
    if (!html || asked.spoiled) return
    this.kept.set(address, { ticket: asked.ticket, html, until: Date.now() + KEPT_FOR })
    for (const oldest of [...this.kept.keys()].slice(0, -MOST)) this.kept.delete(oldest)
  }

  private changed(topics: string[]): void {
    const tickets = new Set(topics.map((topic) => topic.split(":")[1]))
    for (const [address, { ticket }] of this.kept) if (tickets.has(ticket)) this.kept.delete(address)
    for (const asked of this.fetching.values()) if (tickets.has(asked.ticket)) asked.spoiled = true
  }

  private forget(): void {
    clearTimeout(this.timer)
    this.kept.clear()
    for (const asked of this.fetching.values()) asked.spoiled = true
  }
}

/** Asks whether a ticket drawn from what was kept is still as it was; if not, all that shows it is fetched. */
export async function verify(ticket: string): Promise<void> {
  const talk = document.querySelector<HTMLElement>("#talk[data-last-event][data-live-src]")
  if (!talk) return
  const seen = talk.dataset["lastEvent"] ?? ""
  const outcome = await request(`${talk.dataset["liveSrc"]}?seen=${encodeURIComponent(seen)}`)
  if (!outcome.ok || outcome.response.status !== 204) refresh([`ticket:${ticket}`])
}

function addressOf(link: HTMLAnchorElement): string {
  return link.getAttribute("hx-get") ?? link.getAttribute("href") ?? ""
}

function ticketOf(link: HTMLAnchorElement): string {
  return link.closest<HTMLElement>(".ti")?.dataset["number"] ?? ""
}

function isLive(): boolean {
  return document.documentElement.dataset["live"] === "on"
}
