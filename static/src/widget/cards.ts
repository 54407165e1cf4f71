/* What stands below the conversation as it goes: questions before it, the queue, a short wait, its end. */
import { type Conversation, isLive } from "./conversation"
import { button, h, icon } from "./dom"
import { Form, personal, type Question } from "./form"
import { minutes, t, when } from "./words"

export interface CardActions {
  restart(): void
  toMail(email: string): void
  rate(score: "good" | "bad", comment: string): void
  transcript(email: string): void
  another(): void
}

export interface CardLook {
  asks: { name: string; email: string }
  questions: Question[]
  whatsapp: string
  offline: string
}

/** What the visitor is about; `fresh` is the ended chat after which they begin a new one. */
export interface Doing {
  isLeft: boolean
  isMailing: boolean
  fresh: string
}

type Kind = "" | "asks" | "offline" | "left" | "queue" | "hold" | "ended"

/** One card at a time; it is drawn anew only when what it says has changed, so that nobody loses what they typed. */
export class Cards {
  form: Form | undefined
  private drawn = ""

  constructor(
    private readonly place: HTMLElement,
    private readonly look: CardLook,
    private readonly act: CardActions,
  ) {}

  draw(state: Conversation, { isLeft, isMailing, fresh }: Doing, now: Date): void {
    const kind = this.kind(state, isLeft, fresh)
    const said = this.signature(kind, state, isMailing, now)
    if (said === this.drawn) return
    this.drawn = said
    this.form = undefined
    this.place.replaceChildren(...this.content(kind, state, isMailing, now))
  }

  private kind(state: Conversation, isLeft: boolean, fresh: string): Kind {
    const chat = state.chat
    if (chat && isLive(state)) {
      if (chat.state === "waiting") return "queue"
      return chat.hold_until ? "hold" : ""
    }
    if (isLeft) return "left"
    if (chat && chat.key !== fresh) return "ended"
    if (state.unsent.some((one) => !one.problem)) return ""
    if (isAway(state)) return "offline"
    return this.questions(state).length && state.isKnown && !state.assistant ? "asks" : ""
  }

  private questions(state: Conversation, emailNeeded = false): Question[] {
    const own = state.visitor.is_verified ? [] : personal(this.look.asks, emailNeeded)
    return [...own, ...this.look.questions]
  }

  /** All that a card shows; as long as it is the same, what stands there stays. */
  private signature(kind: Kind, state: Conversation, isMailing: boolean, now: Date): string {
    const hold = kind === "hold" ? wait(state.chat?.hold_until, now) : ""
    const verified = kind === "asks" || kind === "offline" ? state.visitor.is_verified : ""
    const facts = [kind, state.chat?.key, kind === "queue" && state.wait, isMailing, hold, verified]
    const told = kind === "ended" ? [state.chat?.is_rated, state.done.includes("transcript")] : []
    const open = kind === "offline" || kind === "left" ? [state.opensAt, state.answerBy] : []
    return JSON.stringify([...facts, ...told, ...open])
  }

  private content(kind: Kind, state: Conversation, isMailing: boolean, now: Date): Node[] {
    switch (kind) {
      case "asks":
        return [this.asks(state)]
      case "offline":
        return [this.offline(state, now)]
      case "left":
        return [this.left(state, now)]
      case "queue":
        return [this.queue(state, isMailing)]
      case "hold":
        return [this.hold(state, now)]
      case "ended":
        return [this.ended(state)]
      default:
        return []
    }
  }

  private asks(state: Conversation): HTMLElement {
    this.form = new Form(this.questions(state), { name: state.visitor.name, email: state.visitor.email })
    return card(h("h2", {}, t("asked.title")), this.form.element)
  }

  private offline(state: Conversation, now: Date): HTMLElement {
    const needed = !state.visitor.is_verified
    this.form = new Form(this.questions(state, needed), { name: state.visitor.name, email: state.visitor.email })
    return card(
      h("h2", {}, t("off.title")),
      h("p", { dir: "auto" }, this.look.offline),
      this.times(state, now),
      this.form.element,
      this.whatsapp(),
    )
  }

  private times(state: Conversation, now: Date): HTMLElement | null {
    const back = state.opensAt && t("off.back", { time: when(state.opensAt, now) })
    const answer = state.answerBy && t("answer_by", { time: when(state.answerBy, now) })
    const said = [back, answer].filter(Boolean).join(" ")
    return said ? h("p", { className: "quiet" }, said) : null
  }

  private left(state: Conversation, now: Date): HTMLElement {
    const text = t("off.sent", { email: state.visitor.email })
    return card(
      h("p", {}, text),
      this.times(state, now),
      button(t("off.another"), () => this.act.another(), "btn"),
    )
  }

  private queue(state: Conversation, isMailing: boolean): HTMLElement {
    const wait = state.wait
    const first = wait && wait.position <= 1 ? t("queue.first") : t("queue.position", { position: wait?.position ?? 0 })
    const expected =
      wait && (wait.seconds === null ? t("queue.soon") : t("queue.wait", { time: minutes(wait.seconds) }))
    const dots = h("i", { className: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"))
    return card(
      h("p", { className: "strong", role: "status" }, dots, wait?.position ? `${first} ${expected}` : t("queue.asked")),
      isMailing ? t("continue.said", { email: state.visitor.email }) : this.instead(state),
      this.whatsapp(),
    )
  }

  /** Whoever does not want to wait goes on by mail: on the same ticket. */
  private instead(state: Conversation): HTMLElement {
    return this.email(t("queue.instead"), t("continue.email"), state.visitor.email, (email) => this.act.toMail(email))
  }

  private hold(state: Conversation, now: Date): HTMLElement {
    const name = state.chat?.agent?.name ?? ""
    const time = wait(state.chat?.hold_until, now)
    return card(
      h("p", { className: "strong", role: "status" }, time ? t("hold", { name, time }) : t("hold.over", { name })),
    )
  }

  private ended(state: Conversation): HTMLElement {
    const isSent = state.done.includes("transcript")
    const canRate = state.chat?.agent && !state.chat.is_rated
    const transcript = isSent
      ? h("p", { className: "quiet", role: "status" }, t("transcript.sent", { email: state.visitor.email }))
      : this.email(t("transcript"), t("send"), state.visitor.email, (email) => this.act.transcript(email))
    return card(
      h("h2", {}, t("ended")),
      canRate ? this.rating() : state.chat?.is_rated && h("p", { role: "status" }, t("rate.thanks")),
      transcript,
      this.whatsapp(),
      button(t("new"), () => this.act.restart(), "btn primary"),
    )
  }

  private rating(): HTMLElement {
    let score: "good" | "bad" | undefined
    const comment = h("textarea", {
      rows: 2,
      dir: "auto",
      placeholder: t("rate.comment"),
      "aria-label": t("rate.comment"),
    })
    const send = button(t("rate.send"), () => score && this.act.rate(score, comment.value.trim()), "btn")
    const rest = h("div", { className: "rest", hidden: true }, comment, send)
    const choices = (["good", "bad"] as const).map((each) => {
      const face = h("button", { type: "button", "aria-pressed": "false" }, icon(each), t(`rate.${each}`))
      face.onclick = () => {
        score = each
        for (const other of choices) other.setAttribute("aria-pressed", String(other === face))
        rest.hidden = false
      }
      return face
    })
    return h("fieldset", { className: "rating" }, h("legend", {}, t("rate.ask")), ...choices, rest)
  }

  /** A line to press; then a field for the address. */
  private email(label: string, send: string, known: string, act: (email: string) => void): HTMLElement {
    const form = new Form(personal({ name: "no", email: "required" }), { email: known })
    const go = button(send, () => form.check() && act(String(form.answers["email"])), "btn")
    const body = h("div", { className: "rest" }, form.element, go)
    return h("details", {}, h("summary", {}, label), body)
  }

  private whatsapp(): HTMLElement | null {
    if (!this.look.whatsapp) return null
    const link = { href: `https://wa.me/${this.look.whatsapp}`, target: "_blank", rel: "noopener" }
    return h("a", { ...link, className: "more" }, t("continue.whatsapp"))
  }
}

const card = (...children: Parameters<typeof h>[2][]): HTMLElement => h("section", { className: "card" }, ...children)

/** Nobody is there, and no assistant either. */
export const isAway = (state: Conversation): boolean =>
  state.isKnown && !state.isOnline && !isLive(state) && !state.assistant

function wait(until: string | null | undefined, now: Date): string {
  const seconds = until ? (+new Date(until) - +now) / 1000 : 0
  return seconds > 0 ? minutes(seconds) : ""
}
