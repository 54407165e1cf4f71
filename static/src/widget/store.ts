/* The conversation as it is now: things happen to it, what follows is sent, whoever looks at it is told. */
import { beginning, type Conversation, type Happening, isLive, next, since } from "./conversation"
import type { Kept, Told, ToLoader } from "./bridge"
import { Connection } from "./connection"
import type { FromServer, Hello, Identity, ToServer } from "./protocol"

export interface Around {
  key: string
  language: string
  tell(message: ToLoader): void
  changed(): void
  heard(message: FromServer): void
}

export class Store {
  state: Conversation
  private told: Told
  private readonly connection: Connection
  private stored = ""

  constructor(
    public kept: Kept,
    told: Told,
    private readonly around: Around,
  ) {
    this.told = told
    this.state = beginning(kept)
    this.connection = new Connection({
      hello: () => this.hello(),
      isIdle: () => !this.state.isShown && !isLive(this.state) && !this.state.unsent.length,
      hear: (message) => {
        this.happens({ t: "server", message, now: Date.now() })
        this.around.heard(message)
      },
      net: (net) => this.happens({ t: "net", net }),
    })
  }

  begin(): void {
    this.connection.again()
  }

  happens(happening: Happening): void {
    const [state, out] = next(this.state, happening)
    const hasChanged = state !== this.state
    this.state = state
    for (const each of out) {
      if (each.t === "again") this.connection.again()
      else this.connection.send(each)
    }
    if (hasChanged) {
      this.connection.stir()
      this.keep()
      this.around.changed()
    }
  }

  send(message: ToServer): void {
    this.connection.send(message)
  }

  /** What the page says of itself and of its visitor. Somebody else starts from nothing. */
  hears(told: Told): void {
    const before = this.told
    this.told = told
    if (who(told.identity) !== who(before.identity)) {
      if (before.identity) {
        const { isShown } = this.state
        this.kept = {}
        this.state = { ...beginning({}), isShown }
        this.keep()
        this.around.changed()
      }
      return this.connection.again()
    }
    if (told.page.url !== before.page.url) this.send({ t: "page", ...told.page })
    const { attributes, consent } = told
    if (JSON.stringify(attributes) !== JSON.stringify(before.attributes)) this.send({ t: "attributes", attributes })
    if (consent !== before.consent) this.connection.again()
  }

  get page(): Told {
    return this.told
  }

  /** The page keeps what has to outlast it. */
  keep(more: Partial<Kept> = {}): void {
    const { token, seen, unsent } = this.state
    const waiting = unsent.filter((one) => one.seq === undefined)
    const goesOn = isLive(this.state) || !!waiting.length
    this.kept = { ...this.kept, token, seen, unsent: waiting, isLive: goesOn, ...more }
    const stored = JSON.stringify(this.kept)
    if (stored === this.stored) return
    this.stored = stored
    this.around.tell({ t: "keep", kept: this.kept })
  }

  private hello(): Hello {
    const { identity, attributes, consent, page } = this.told
    const { token, chat } = this.state
    const said = {
      key: this.around.key,
      language: this.around.language,
      page,
      attributes,
      consent,
      visits: this.kept.visits,
    }
    const at = { token, chat: chat?.key ?? null, since: since(this.state) }
    return { t: "hello", v: 1, ...said, ...at, ...(identity ? { identity } : {}) }
  }
}

const who = (identity: Identity | null): string => JSON.stringify(identity)
