/* What the server says of articles on a ticket: which fit, which are found, and what one would put into the reply. */
import { parseObject, request, type Outcome } from "../lib/http"

export interface Offer {
  id: number
  title: string
  section: string
  excerpt: string
  language: string
  languageName: string
  /** Why this customer can't be given it; "" when they can. */
  hindrance: string
  /** It stood in a reply of this ticket before. */
  given: boolean
}

export interface Article extends Omit<Offer, "section" | "excerpt" | "given"> {
  url: string
  link: string
  text: string
  /** It is not translated into the customer's language. */
  otherLanguage: boolean
}

export interface Found {
  articles: Offer[]
  count: number
}

const JSON_ONLY = { headers: { Accept: "application/json" } }
const known = new Map<string, Promise<Article | string>>()

/** Without words: what fits the ticket. */
export async function search(ticket: string, words: string, signal: AbortSignal): Promise<Found | string> {
  const query = words ? `?q=${encodeURIComponent(words)}` : ""
  const outcome = await request(`/agent/tickets/${ticket}/articles/${query}`, { ...JSON_ONLY, signal })
  return outcome.ok ? ((await outcome.response.json()) as Found) : whyNot(outcome)
}

/** Asked for once a page; a failure is asked again the next time. */
export function fetchArticle(ticket: string, id: number): Promise<Article | string> {
  const place = `${ticket}:${id}`
  const asked = known.get(place) ?? ask(ticket, id)
  known.set(place, asked)
  void asked.then((answer) => typeof answer === "string" && known.delete(place))
  return asked
}

/** One search, written down when its list is closed, so that what colleagues miss is known. */
export function noteSearch(ticket: string, words: string, results: number, clicked: number | undefined): void {
  const body = new URLSearchParams({ q: words, results: String(results), clicked: String(clicked ?? "") })
  void request(`/agent/tickets/${ticket}/articles/searches/`, { method: "POST", body, keepalive: true })
}

async function ask(ticket: string, id: number): Promise<Article | string> {
  const outcome = await request(`/agent/tickets/${ticket}/articles/${id}/`, JSON_ONLY)
  return outcome.ok ? (parseObject(await outcome.response.text()) as unknown as Article) : whyNot(outcome)
}

function whyNot(outcome: Outcome & { ok: false }): string {
  return "message" in outcome.failure ? outcome.failure.message : ""
}
