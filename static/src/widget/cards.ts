/* What stands below the conversation as it goes: questions before it, the queue, a short wait, its end. */
import { type Conversation, isLive } from "./conversation"
import { byId, h } from "./dom"
import { Form } from "./form"
import { minutes, t, when } from "./words"

export interface CardActions {
  restart(): void
  another(): void
  toMail(email: string): void
  transcript(email: string): void
  rate(score: "good" | "bad", comment: string): void
}

/** What the visitor is about; `fresh` is the ended chat after which they begin a new one. */
export interface Doing {
  isLeft: boolean
  fresh: string
}

type Kind = "" | "asks" | "offline" | "left" | "queue" | "hold" | "ended"

/** One card at a time; it is drawn anew only when what it says has changed, so that nobody loses what they typed. */
export class Cards {
  form: Form | undefined
  private drawn = ""

  constructor(
    private readonly place: HTMLElement,
    private readonly act: CardActions,
  ) {}

  draw(state: Conversation, doing: Doing, now: Date): void {
    const kind = kindOf(state, doing)
    const said = sayings(kind, state, now)
    const drawn = kind + state.chat?.key + JSON.stringify(said)
    if (drawn === this.drawn) return
    this.drawn = drawn
    this.form = undefined
    const content = kind && byId<HTMLTemplateElement>(`card-${kind}`).content
    if (!content || !content.children.length) return this.place.replaceChildren()
    const card = h("section", { className: "card" }, document.importNode(content, true))
    this.fill(card, said)
    if (kind === "asks" || kind === "offline") this.form = new Form(card, state.visitor)
    this.follow(card, state)
    this.place.replaceChildren(card)
  }

  /** Words where there are some; what has nothing to say, or no reason to be there, is left out. */
  private fill(card: HTMLElement, said: Record<string, string | boolean>): void {
    for (const place of card.querySelectorAll<HTMLElement>("[data-say], [data-if]")) {
      const value = said[place.dataset["say"] ?? place.dataset["if"] ?? ""]
      if (!value) place.remove()
      else if (value !== true) place.textContent = value
    }
  }

  private follow(card: HTMLElement, { chat, visitor }: Conversation): void {
    const elsewhere = card.querySelector("a")
    if (elsewhere && chat?.whatsapp) elsewhere.href = chat.whatsapp
    const email = card.querySelector<HTMLElement>("details .rest")
    const address = email && new Form(email, visitor)
    const rest = card.querySelector<HTMLElement>(".rating .rest")
    let score: "good" | "bad" = "good"
    card.addEventListener("click", ({ target }) => {
      const button = (target as HTMLElement).closest("button")
      const act = button?.dataset["do"] as keyof CardActions | undefined
      const rated = button?.dataset["score"]
      if (rated) {
        score = rated as typeof score
        for (const one of card.querySelectorAll("[data-score]")) one.ariaPressed = String(one === button)
        rest!.hidden = false
      } else if (act === "rate") this.act.rate(score, rest!.querySelector("textarea")!.value.trim())
      else if (act === "toMail" || act === "transcript") {
        if (address!.check()) this.act[act](String(address!.answers["email"]))
      } else if (act) this.act[act]()
    })
  }
}

function kindOf(state: Conversation, { isLeft, fresh }: Doing): Kind {
  const chat = state.chat
  if (chat && isLive(state)) return chat.state === "waiting" ? "queue" : chat.hold_until ? "hold" : ""
  if (isLeft) return "left"
  if (chat && chat.key !== fresh) return "ended"
  if (state.unsent.some((one) => !one.problem)) return ""
  if (isAway(state)) return "offline"
  return state.isKnown && !state.assistant && !state.visitor.is_verified ? "asks" : ""
}

/** Everything that a card says which may change: as long as it is the same, what stands there stays. */
function sayings(kind: Kind, state: Conversation, now: Date): Record<string, string | boolean> {
  const { chat, wait, visitor } = state
  if (kind === "queue") return { wait: waiting(wait) }
  if (kind === "hold") return { back: back(chat!, now) }
  if (kind === "ended") {
    const isMailed = state.done.includes("transcript")
    return {
      canRate: !!chat?.agent && !chat.is_rated,
      isRated: !!chat?.is_rated,
      canMail: !isMailed,
      transcript: isMailed && t("transcript.sent", { email: visitor.email }),
    }
  }
  if (kind !== "offline" && kind !== "left") return {}
  const opens = state.opensAt && t("off.back", { time: when(state.opensAt, now) })
  const answer = state.answerBy && t("answer_by", { time: when(state.answerBy, now) })
  const times = [opens, answer].filter(Boolean).join(" ")
  return { times, sent: kind === "left" && t("off.sent", { email: visitor.email }) }
}

function waiting(wait: Conversation["wait"]): string {
  if (!wait?.position) return t("queue.asked")
  const place = wait.position === 1 ? t("queue.first") : t("queue.position", { position: wait.position })
  return `${place} ${wait.seconds === null ? t("queue.asked") : t("queue.wait", { time: minutes(wait.seconds) })}`
}

function back({ agent, hold_until }: NonNullable<Conversation["chat"]>, now: Date): string {
  const seconds = (+new Date(hold_until ?? 0) - +now) / 1000
  const name = agent?.name ?? ""
  return seconds > 0 ? t("hold", { name, time: minutes(seconds) }) : t("hold.over", { name })
}

/** Nobody is there, and no assistant either. */
export const isAway = (state: Conversation): boolean =>
  state.isKnown && !state.isOnline && !isLive(state) && !state.assistant
