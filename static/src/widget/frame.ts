/* The panel's script: puts together the conversation, what is seen of it, and the page it stands on. */
import type { Kept, ToFrame, Told } from "./bridge"
import { Cards, type CardLook, isAway } from "./cards"
import { Composer } from "./composer"
import { isLive, unread } from "./conversation"
import { byId } from "./dom"
import { offerEmoji } from "./emoji"
import { Header } from "./header"
import { host } from "./host"
import { Inviter } from "./inviter"
import { Log } from "./log"
import type { FromServer, Unsent } from "./protocol"
import { chime } from "./sound"
import { Store } from "./store"
import { Uploads } from "./uploads"
import { speak, t } from "./words"

interface Config extends CardLook {
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

const config: Config = JSON.parse(byId("ot-chat").textContent ?? "{}")
speak(config.words, config.buttons)
const page = host((message) => (message.t === "init" ? begin(message.kept, message) : panel?.hears(message)))
let panel: Panel | undefined

function begin(kept: Kept, told: Told & { isShown: boolean; secondsHere: number }): void {
  panel ??= new Panel(kept, told)
}

class Panel {
  private readonly store: Store
  private readonly composer: Composer
  private readonly uploads: Uploads
  private readonly log: Log
  private readonly cards: Cards
  private readonly header: Header
  private readonly inviter: Inviter
  private readonly scroll = byId("scroll")
  /** messages for later that have arrived: they stay in sight */
  private left: Unsent[] = []
  private isLeft = false
  private isMailing = false
  /** the key of an ended chat after which a new one is being begun */
  private fresh = ""

  constructor(kept: Kept, told: Told & { isShown: boolean; secondsHere: number }) {
    this.store = new Store(kept, told, {
      key: config.key,
      language: config.language,
      tell: (message) => page.tell(message),
      changed: () => this.draw(),
      heard: (message) => this.heard(message),
    })
    this.composer = new Composer({
      submit: () => this.submit(),
      typing: (on) => isLive(this.store.state) && this.store.send({ t: "typing", on }),
      draft: (draft) => this.store.keep({ draft }),
      paused: (text) => this.maySuggest && this.store.send({ t: "suggest", text }),
      opened: (card) => this.store.send({ t: "article", article: card.id, what: "opened" }),
      helped: (card) => this.helped(card.id),
    })
    this.uploads = new Uploads(
      (text) => this.composer.complain(text),
      () => this.composer.complain(""),
    )
    this.log = new Log(
      byId("log"),
      { ...config, local: this.uploads.local },
      {
        choose: (option) => this.write("choice", option.label, { option: option.id }),
        retry: (id) => this.store.happens({ t: "retry", id }),
        drop: (id) => this.store.happens({ t: "drop", id }),
        opened: (card) => this.store.send({ t: "article", article: card.id, what: "opened" }),
        helped: (card) => this.helped(card.id),
      },
    )
    this.cards = new Cards(byId("cards"), config, {
      restart: () => this.restart(),
      toMail: (email) => this.toMail(email),
      rate: (score, comment) => this.store.send({ t: "rate", score, ...(comment ? { comment } : {}) }),
      transcript: (email) => this.transcript(email),
      another: () => {
        this.isLeft = false
        this.draw()
        this.composer.box.focus()
      },
    })
    this.header = new Header(config, {
      isLoud: () => !!this.store.kept.isLoud,
      loud: (isLoud) => this.store.keep({ isLoud }),
      end: () => this.store.send({ t: "end" }),
      person: () => this.write("choice", t("people"), { option: "people" }),
      close: () => page.tell({ t: "close" }),
    })
    this.inviter = new Inviter(this.store, config.language, told.secondsHere, (text, name) =>
      page.tell({ t: "peek", text, name }),
    )
    offerEmoji(this.composer.box)
    this.composer.set(kept.draft ?? "")
    this.follow()
    this.shown(told.isShown)
    this.draw()
    this.store.begin()
  }

  /** What the host's page does. */
  hears(message: ToFrame): void {
    if (message.t === "shown") this.shown(message.isShown)
    else if (message.t === "told") {
      this.store.hears(message)
      this.inviter.moved()
    } else if (message.t === "goal") this.store.send(message)
    else if (message.t === "peeked") this.inviter.answered(message.isAccepted)
  }

  private heard(message: FromServer): void {
    const { isShown, isLoud } = { isShown: this.store.state.isShown, isLoud: this.store.kept.isLoud }
    if (message.t === "line" && (message.line.said === "agent" || message.line.said === "bot")) {
      if (isLoud) chime()
      page.tell({ t: "happened", name: "message", detail: { text: message.line.text, name: message.line.name } })
      if (isShown && this.isAtEnd) this.toEnd()
    }
    if (message.t === "welcome") this.inviter.begin()
    if (message.t === "invited") this.inviter.invited(message)
    if (message.t === "done" && message.of === "offline") this.hasLeft(message.id)
    if (message.t === "refused") this.refused(message)
  }

  /** Answers that are not as they should be go back to their form, the words into their field. */
  private refused(message: Extract<FromServer, { t: "refused" }>): void {
    const one = this.store.state.unsent.find((unsent) => unsent.id === message.id)
    if (one && message.fields && (message.of === "start" || message.of === "offline")) {
      this.store.happens({ t: "drop", id: one.id })
      this.composer.set(one.text)
      this.fresh = this.store.state.chat?.key ?? ""
      this.draw()
      this.cards.form?.complain(message.fields)
    }
    if (!one && message.of !== "hello") this.composer.complain(message.reason || t(`refused.${message.code}`))
  }

  private submit(): void {
    const { state } = this.store
    if (this.uploads.isBusy) return this.composer.complain(t("file.wait"))
    if (!isLive(state) && state.chat) this.restart()
    const form = this.cards.form
    if (!this.composer.text && !this.uploads.hasSome) return this.composer.box.focus()
    if (form && !form.check()) return
    const { name, email, ...answers } = form?.answers ?? {}
    const said = form ? { name: String(name ?? ""), email: String(email ?? ""), answers } : {}
    this.write(isAway(state) ? "offline" : "line", this.composer.text, said)
    this.composer.sent()
    this.composer.box.focus()
  }

  private write(as: Unsent["as"], text: string, more: Partial<Unsent>): void {
    const files = as === "choice" ? [] : this.uploads.take()
    const unsent = { id: crypto.randomUUID?.() ?? randomId(), as, text, files, at: new Date().toISOString(), ...more }
    this.store.happens({ t: "write", unsent })
    page.tell({ t: "happened", name: "sent" })
    this.toEnd()
  }

  private hasLeft(id: string | undefined): void {
    const sent = this.written.filter((one) => !id || one.id === id)
    this.left.push(...sent)
    this.isLeft = true
    this.draw()
  }

  /** Messages for later as they were before the server took the last one. */
  private written: Unsent[] = []

  private restart(): void {
    this.fresh = this.store.state.chat?.key ?? ""
    this.draw()
    this.composer.box.focus()
  }

  private toMail(email: string): void {
    this.isMailing = true
    this.transcript(email)
    this.store.send({ t: "end" })
  }

  private transcript(email: string): void {
    this.store.happens({ t: "says", email })
    this.store.send({ t: "transcript", email })
  }

  private helped(article: number): void {
    this.store.send({ t: "article", article, what: "solved" })
    this.composer.set("")
    this.composer.offer([])
    this.composer.complain("")
    byId("typing").textContent = t("rate.thanks")
  }

  private get maySuggest(): boolean {
    return config.suggests && !isLive(this.store.state)
  }

  private shown(isShown: boolean): void {
    this.store.happens({ t: "shown", isShown: isShown && !document.hidden })
    this.isOpen = isShown
    if (!isShown) return
    this.toEnd()
    if (matchMedia("(pointer: fine)").matches) this.composer.box.focus()
  }

  private isOpen = false

  private draw(): void {
    const { state } = this.store
    const wasAtEnd = this.isAtEnd
    const now = new Date()
    const offline = state.unsent.filter((one) => one.as === "offline")
    if (offline.length) this.written = offline
    this.log.draw(state, this.left)
    this.cards.draw(state, { isLeft: this.isLeft, isMailing: this.isMailing, fresh: this.fresh }, now)
    this.header.draw(state)
    this.uploads.aim(state.upload, state.token)
    this.composer.offer(this.maySuggest ? state.articles : [])
    byId("older").hidden = !state.hasMore
    const count = unread(state)
    if (count !== this.count) page.tell({ t: "unread", count })
    if (count > this.count && !wasAtEnd && this.isOpen) byId("below").hidden = false
    this.count = count
    if (wasAtEnd) this.toEnd()
    document.body.classList.toggle("blocked", state.net === "blocked")
  }

  private count = 0

  private get isAtEnd(): boolean {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 80
  }

  private toEnd(): void {
    this.scroll.scrollTop = this.scroll.scrollHeight
    byId("below").hidden = true
  }

  private follow(): void {
    byId("below").onclick = () => this.toEnd()
    this.scroll.addEventListener("scroll", () => this.isAtEnd && (byId("below").hidden = true), { passive: true })
    byId("older").onclick = () => this.store.happens({ t: "more" })
    document.addEventListener("visibilitychange", () => {
      this.store.happens({ t: "shown", isShown: this.isOpen && !document.hidden })
    })
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !document.querySelector(":popover-open")) page.tell({ t: "close" })
    })
    setInterval(() => {
      this.store.happens({ t: "tick", now: Date.now() })
      if (this.store.state.chat?.hold_until) this.draw()
      this.inviter.look()
    }, 1_000)
  }
}

/** Where plain http keeps browsers from making one themselves. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6]! & 15) | 64
  bytes[8] = (bytes[8]! & 63) | 128
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5")
}
