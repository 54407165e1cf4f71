/* The panel: puts together the conversation, what is seen of it, and the page it stands on. */
import type { ToFrame } from "./bridge"
import { Cards, isAway } from "./cards"
import { Composer } from "./composer"
import { isLive, unread } from "./conversation"
import { byId } from "./dom"
import { offerEmoji } from "./emoji"
import { Header } from "./header"
import type { Host } from "./host"
import { newId } from "./ids"
import { Inviter } from "./inviter"
import { Log } from "./log"
import type { Card, FromServer, Unsent } from "./protocol"
import { followEnd, type End } from "./scrolling"
import { chime } from "./sound"
import { Store } from "./store"
import { Uploads } from "./uploads"
import { t } from "./words"

export interface Config {
  key: string
  language: string
  buttons: string
  greeting: string
  showsCards: boolean
  suggests: boolean
  replyMinutes: number | null
  faces: { name: string; initials: string; hue: number }[]
  words: Record<string, string>
}

export class Panel {
  /** a message for later has arrived, and no other one is being written */
  isLeft = false
  /** the key of an ended chat after which a new one is being begun */
  fresh = ""
  private isOpen = false
  private count = 0
  private readonly store: Store
  private readonly composer: Composer
  private readonly uploads: Uploads
  private readonly log: Log
  private readonly cards: Cards
  private readonly header: Header
  private readonly inviter: Inviter
  private readonly end: End

  constructor(
    private readonly config: Config,
    private readonly page: Host,
    init: Extract<ToFrame, { t: "init" }>,
  ) {
    const { key, language } = config
    const opened = (card: Card): void => this.store.send({ t: "article", article: card.id, what: "opened" })
    this.store = new Store(init.kept, init, {
      key,
      language,
      tell: page.tell,
      changed: () => this.draw(),
      heard: (message) => this.heard(message),
    })
    this.composer = new Composer({
      submit: () => this.submit(),
      typing: (on) => isLive(this.store.state) && this.store.send({ t: "typing", on }),
      draft: (draft) => this.store.keep({ draft }),
      paused: (text) => this.maySuggest && this.store.send({ t: "suggest", text }),
      helped: (card) => this.helped(card),
      opened,
    })
    this.uploads = new Uploads((text) => this.composer.complain(text))
    this.log = new Log(
      byId("log"),
      { ...config, local: this.uploads.local },
      {
        choose: (option) => this.write("choice", option.label, { option: option.id }),
        retry: (id) => this.store.happens({ t: "retry", id }),
        drop: (id) => this.store.happens({ t: "drop", id }),
        opened,
      },
    )
    this.cards = new Cards(byId("cards"), {
      restart: () => this.again({ fresh: this.store.state.chat?.key ?? "" }),
      another: () => this.again({ isLeft: false }),
      toMail: (email) => {
        this.transcript(email)
        this.store.send({ t: "end" })
      },
      transcript: (email) => this.transcript(email),
      rate: (score, comment) => this.store.send({ t: "rate", score, comment }),
    })
    this.header = new Header(config, {
      isLoud: () => !!this.store.kept.isLoud,
      loud: (isLoud) => this.store.keep({ isLoud }),
      end: () => this.store.send({ t: "end" }),
      person: () => this.write("choice", t("people"), { option: "people" }),
      close: () => page.tell({ t: "close" }),
    })
    this.inviter = new Inviter(this.store, language, init.secondsHere, page.tell)
    this.end = followEnd()
    offerEmoji(this.composer.box)
    this.composer.set(init.kept.draft ?? "")
    this.follow()
    this.shown(init.isShown)
    this.draw()
    this.store.begin()
  }

  /** What the host's page does. */
  hears(message: ToFrame): void {
    if (message.t === "shown") this.shown(message.isShown)
    else if (message.t === "goal") this.store.send(message)
    else if (message.t === "peeked") {
      this.inviter.answered(message.isAccepted)
      if (message.isAccepted) this.log.asked = this.inviter.text
    } else if (message.t === "told") {
      this.store.hears(message)
      this.inviter.moved()
    }
  }

  private heard(message: FromServer): void {
    if (message.t === "line" && (message.line.said === "agent" || message.line.said === "bot")) {
      const { text, name } = message.line
      if (this.store.kept.isLoud) chime()
      this.end.more()
      this.page.tell({ t: "happened", name: "message", detail: { text, name } })
    }
    if (message.t === "welcome") this.inviter.look()
    if (message.t === "invite") this.inviter.invited(message)
    if (message.t === "done" && message.of === "offline") {
      this.isLeft = true
      this.draw()
    }
    if (message.t === "refused") this.refused(message)
  }

  /** Answers that are not as they should be go back to their form, the words into their field. */
  private refused({ id, of, fields, reason }: Extract<FromServer, { t: "refused" }>): void {
    const one = this.store.state.unsent.find((unsent) => unsent.id === id)
    if (one && fields && (of === "start" || of === "offline")) {
      this.store.happens({ t: "drop", id: one.id })
      this.composer.set(`${one.text}\n${this.composer.text}`.trim())
      this.again({ fresh: this.store.state.chat?.key ?? "" })
      this.cards.form?.complain(fields)
    } else if (of === "identity")
      console.warn(reason) // for who builds the site: what a token lacks says nothing to its visitor
    else if (!one && of !== "hello") this.composer.complain(reason || t("refused.unknown"))
  }

  private submit(): void {
    const { state } = this.store
    if (this.uploads.isBusy) return this.composer.complain(t("file.wait"))
    if (!this.composer.text && !this.uploads.hasSome) return this.composer.box.focus()
    if (!isLive(state) && state.chat) this.again({ fresh: state.chat.key, isLeft: false })
    const form = this.cards.form
    if (form && !form.check()) return
    const { name = "", email = "", ...answers } = form?.answers ?? {}
    const said = form ? { name: String(name), email: String(email), answers } : {}
    this.write(isAway(state) ? "offline" : "line", this.composer.text, said)
    this.composer.sent()
    this.composer.box.focus()
  }

  private write(as: Unsent["as"], text: string, more: Partial<Unsent>): void {
    const files = as === "choice" ? [] : this.uploads.take()
    this.store.happens({ t: "write", unsent: { id: newId(), as, text, files, at: new Date().toISOString(), ...more } })
    this.end.go()
  }

  private again(doing: { fresh?: string; isLeft?: boolean }): void {
    Object.assign(this, doing)
    this.draw()
    this.composer.box.focus()
  }

  private transcript(email: string): void {
    this.store.happens({ t: "says", email })
    this.store.send({ t: "transcript", email })
  }

  private helped(card: Card): void {
    this.store.send({ t: "article", article: card.id, what: "solved" })
    this.composer.sent()
    this.composer.offer([])
    byId("typing").textContent = t("rate.thanks")
  }

  private get maySuggest(): boolean {
    return this.config.suggests && !isLive(this.store.state)
  }

  private shown(isShown: boolean): void {
    this.isOpen = isShown
    this.look()
    if (!isShown) return
    this.end.go()
    if (matchMedia("(pointer: fine)").matches) this.composer.box.focus()
  }

  /** Only what is in sight is seen: not in a tab behind others. */
  private look(): void {
    this.store.happens({ t: "shown", isShown: this.isOpen && !document.hidden })
  }

  private draw(): void {
    const { state } = this.store
    this.log.draw(state)
    this.cards.draw(state, this, new Date())
    this.header.draw(state)
    this.uploads.aim(state.upload, state.token)
    this.composer.offer(this.maySuggest ? state.articles : [])
    byId("older").hidden = !state.hasMore
    document.body.classList.toggle("blocked", state.net === "blocked")
    const count = unread(state)
    if (count !== this.count) this.page.tell({ t: "unread", count })
    this.count = count
  }

  private follow(): void {
    byId("older").onclick = () => this.store.happens({ t: "more" })
    document.addEventListener("visibilitychange", () => this.look())
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !document.querySelector(":popover-open")) this.page.tell({ t: "close" })
    })
    setInterval(() => {
      this.store.happens({ t: "tick", now: Date.now() })
      if (this.store.state.chat?.hold_until) this.draw()
      this.inviter.look()
    }, 1_000)
  }
}
