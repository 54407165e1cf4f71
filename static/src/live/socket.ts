/*
 * One socket that stays up: it comes back after 0.5 s · 2^n (at most 30 s, with jitter), gives up on a connection that
 * does not open within 8 s, and counts a line as dead on which a ping was not answered by the next one and 10 s. It pings
 * every 25 s, and every 4 s while a ticket is looked at, because others see by it that somebody is still there.
 * The old socket is always let go first, because the back-off timer and an `online` event may both want to reconnect.
 */
const FIRST_WAIT = 500
const LONGEST_WAIT = 30_000
const OPEN_GUARD = 8_000
const PING_EVERY = 25_000
const ATTENDING_EVERY = 4_000
const DEAD_AFTER = 10_000
const PROBE_WITHIN = 5_000
const NOT_SIGNED_IN = 4401

export interface Listener {
  /** `again` is true for every connection after the first: something may have been missed in between. */
  opened(again: boolean): void
  closed(): void
  /** The server sent us away for good: nobody is signed in. */
  refused(): void
  received(message: Record<string, unknown>): void
}

export function waitBefore(attempt: number, random = Math.random()): number {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt) * (0.7 + random * 0.6)
}

export class Socket {
  private socket: WebSocket | undefined
  private attempt = 0
  private openedBefore = false
  private heard = true
  private askedAt = 0
  private pace = PING_EVERY
  private reconnectTimer: ReturnType<typeof setTimeout> | undefined
  private guardTimer: ReturnType<typeof setTimeout> | undefined
  private pingTimer: ReturnType<typeof setInterval> | undefined

  constructor(
    private readonly url: string,
    private readonly listener: Listener,
  ) {}

  get isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN
  }

  connect(): void {
    this.letGo()
    const socket = new WebSocket(this.url)
    this.socket = socket
    this.guardTimer = setTimeout(() => this.lost(socket), OPEN_GUARD)
    socket.onopen = () => this.opened()
    socket.onmessage = (event) => this.received(event)
    socket.onclose = ({ code }) => (code === NOT_SIGNED_IN ? this.sentAway() : this.lost(socket))
  }

  /**
   * For `online`, a tab that becomes visible, and the Retry button: connect now. A line that looks open may be dead after
   * a sleep, so it has to answer a ping within 5 s.
   */
  wake(): void {
    if (this.isOpen) return this.probe()
    if (this.socket?.readyState === WebSocket.CONNECTING) return
    this.attempt = 0
    this.connect()
  }

  /** The browser says that there is no network: do not wait for the line to notice. */
  drop(): void {
    if (this.socket) this.lost(this.socket)
  }

  send(message: object): void {
    if (this.isOpen) this.socket?.send(JSON.stringify(message))
  }

  close(): void {
    this.letGo()
  }

  /** Say a word more often while others want to know that we are here. */
  attend(on: boolean): void {
    this.pace = on ? ATTENDING_EVERY : PING_EVERY
    if (this.isOpen) this.keepPinging()
  }

  private keepPinging(): void {
    clearInterval(this.pingTimer)
    this.pingTimer = setInterval(() => this.ping(), this.pace)
  }

  private opened(): void {
    clearTimeout(this.guardTimer)
    this.attempt = 0
    this.heard = true
    this.keepPinging()
    this.listener.opened(this.openedBefore)
    this.openedBefore = true
  }

  private received(event: MessageEvent): void {
    this.heard = true
    this.listener.received(JSON.parse(String(event.data)) as Record<string, unknown>)
  }

  private ping(): void {
    if (this.heard) this.askedAt = Date.now()
    else if (this.socket && Date.now() - this.askedAt >= DEAD_AFTER) return this.lost(this.socket)
    this.heard = false
    this.send({ t: "ping" })
  }

  private probe(): void {
    const socket = this.socket
    this.heard = false
    this.askedAt = Date.now()
    this.send({ t: "ping" })
    clearTimeout(this.guardTimer)
    this.guardTimer = setTimeout(() => !this.heard && socket && this.lost(socket), PROBE_WITHIN)
  }

  private lost(socket: WebSocket): void {
    if (socket !== this.socket) return
    this.letGo()
    this.listener.closed()
    this.reconnectTimer = setTimeout(() => this.connect(), waitBefore(this.attempt++))
  }

  private sentAway(): void {
    this.letGo()
    this.listener.closed()
    this.listener.refused()
  }

  private letGo(): void {
    clearTimeout(this.reconnectTimer)
    clearTimeout(this.guardTimer)
    clearInterval(this.pingTimer)
    const socket = this.socket
    this.socket = undefined
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }
}
