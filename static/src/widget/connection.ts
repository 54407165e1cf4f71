/*
 * One way to the server at a time: a socket, or long polling where sockets do not get through. It comes back by itself,
 * sooner or later as one can expect, and hands over what it hears. What has to arrive is the conversation's to repeat.
 */
import type { Net } from "./conversation"
import { poll } from "./polling"
import type { FromServer, Hello, ToServer } from "./protocol"

const GUARD = 8_000 // milliseconds until a socket that does not open counts as failed
const BEAT = 25_000 // between two signs of life; proxies close what is silent for a minute
const ANSWER = 10_000 // until a sign of life must be answered
const LONGEST = 20_000 // between two tries
const SOCKETS_TRIED = 2 // failures in a row after which long polling is tried
const LOOK_BACK = 600_000 // of long polling, after which a socket gets another chance
const KEPT = /^(end|goal|rate|tr)/ // what somebody did, and nobody does again: it waits for the next welcome

/** How a way in use is ended and written to. */
export interface Way {
  send(message: ToServer): void
  close(): void
}

export interface Hearing {
  hello(): Hello
  /** Nobody talks, and nobody looks at the panel: it may take the way that costs the server least. */
  isIdle(): boolean
  hear(message: FromServer): void
  net(net: Net): void
}

export class Connection {
  private way: Way | undefined
  private failures = 0
  private isWelcome = false
  private isOver = false
  private isPolling = false
  private isResting = false // polls because it is idle, not because it has to
  private pollingSince = 0
  private timer = 0
  private beat = 0
  private proof = ""
  private kept: ToServer[] = []

  constructor(private readonly hearing: Hearing) {
    addEventListener("online", () => this.now())
    addEventListener("offline", () => this.lost())
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && !this.isWelcome) this.now()
    })
    // A page that comes back from the browser's memory has a dead socket and does not know it.
    addEventListener("pageshow", (event) => event.persisted && this.again())
  }

  send(message: ToServer): void {
    if (this.isWelcome) this.way?.send(message)
    else if (KEPT.test(message.t)) this.kept.push(message)
  }

  /** From the beginning: what came did not fit, or who the visitor is has changed. */
  again(): void {
    this.end()
    this.open()
  }

  /** Somebody goes for the panel, or a chat has begun: from here on it has to be quick. */
  stir(): void {
    if (this.isResting && !this.hearing.isIdle()) this.now()
  }

  private now(): void {
    this.failures = this.pollingSince = 0
    this.again()
  }

  private open(): void {
    this.end() // never two: a timer and the browser's "online" may both want one
    if (this.isOver) return
    const hello = (): Hello => ({ ...this.hearing.hello(), ...(this.proof ? { proof: this.proof } : {}) })
    const heard = (message: FromServer): void => this.heard(message)
    const lost = (): void => this.lost()
    // In turns from then on: it may as well be the server that is away.
    this.isResting = this.hearing.isIdle()
    this.isPolling = this.isResting || (this.failures >= SOCKETS_TRIED && this.failures % 2 === 0)
    this.way = this.isPolling ? poll(hello, heard, lost) : socket(hello(), heard, lost)
  }

  private heard(message: FromServer): void {
    clearTimeout(this.beat)
    if (message.t === "welcome") {
      this.isWelcome = true
      this.proof = ""
      if (this.isPolling) this.pollingSince ||= Date.now()
      else this.failures = this.pollingSince = 0
    }
    if (message.t === "bye") return this.lost((message.after ?? 0) * 1000)
    if (message.t === "refused" && message.of === "hello" && isFinal(message.code)) return this.stop()
    if (message.t === "refused" && message.challenge) return void this.answer(message.challenge)
    if (!this.isPolling) this.beat = window.setTimeout(() => this.ping(), BEAT)
    this.hearing.hear(message)
    if (message.t === "welcome") for (const one of this.kept.splice(0)) this.send(one)
    const since = this.isPolling && !this.isResting && this.pollingSince
    if (since && Date.now() - since > LOOK_BACK) this.now()
  }

  private ping(): void {
    this.send({ t: "ping" })
    this.beat = window.setTimeout(() => this.lost(), ANSWER)
  }

  private stop(): void {
    this.isOver = true
    this.end()
    this.hearing.net("blocked")
  }

  /** A busy address has to show that it takes pains: a little arithmetic, which a script in the hundreds does not like. */
  private async answer(challenge: { nonce: string; bits: number }): Promise<void> {
    this.end()
    this.hearing.net("busy")
    const { prove } = await import("./proof")
    this.proof = await prove(challenge.nonce, challenge.bits)
    this.open()
  }

  /** Back after a while, at least `after` milliseconds: not all at the same moment. */
  private lost(after = 0): void {
    this.end()
    if (this.isOver) return
    this.hearing.net(navigator.onLine ? "off" : "offline")
    const wait = after + Math.min(LONGEST, 500 * 2 ** this.failures++) * (0.6 + Math.random() * 0.8)
    this.timer = window.setTimeout(() => this.open(), wait)
  }

  private end(): void {
    clearTimeout(this.timer)
    clearTimeout(this.beat)
    this.isWelcome = false
    this.way?.close()
    this.way = undefined
  }
}

const isFinal = (code: string): boolean => code === "blocked" || code === "closed"

function socket(hello: Hello, heard: (message: FromServer) => void, lost: () => void): Way {
  const it = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/chat/`)
  const guard = setTimeout(() => it.close(), GUARD)
  const send = (message: ToServer): void => {
    if (it.readyState === WebSocket.OPEN) it.send(JSON.stringify(message))
  }
  it.onopen = () => {
    clearTimeout(guard)
    send(hello)
  }
  it.onmessage = (event) => heard(JSON.parse(String(event.data)))
  it.onclose = lost
  return {
    send,
    close() {
      clearTimeout(guard)
      it.onopen = it.onmessage = it.onclose = null
      it.close()
    },
  }
}
