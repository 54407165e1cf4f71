/*
 * Long polling, where sockets do not get through, and while nobody looks: an open request costs the server a fraction of
 * a socket. One request waits for what there is to tell; what is to be sent goes by requests of its own, in its order.
 */
import type { Way } from "./connection"
import type { FromServer, Hello, ToServer } from "./protocol"

const WAIT = 25 // seconds that a poll may be left without an answer
const GIVEN_UP = 15_000 // milliseconds beyond that after which it is lost

interface Answer {
  messages: FromServer[]
  known: string | null
}

/** `hello` says, each time, which token, chat and line the page has by then. What is on its way when it ends arrives. */
export function poll(hello: () => Hello, heard: (message: FromServer) => void, lost: () => void): Way {
  const stop = new AbortController()
  const queue: ToServer[] = []
  let known: string | null = null // what the server has told; nothing yet: it says welcome
  let isSending = false

  async function ask(messages: ToServer[], wait: number): Promise<void> {
    const late = AbortSignal.timeout(wait * 1000 + GIVEN_UP)
    const signal = messages.length ? late : AbortSignal.any([stop.signal, late])
    const body = JSON.stringify({ hello: hello(), known, wait, messages })
    const headers = { "Content-Type": "application/json" }
    const answer = await fetch("/widget/poll/", { method: "POST", body, headers, signal, credentials: "omit" })
    if (!answer.ok) throw new Error(String(answer.status))
    const told: Answer = await answer.json()
    known = told.known
    for (const message of told.messages) if (!stop.signal.aborted) heard(message)
  }

  async function listen(): Promise<void> {
    while (!stop.signal.aborted) await ask([], WAIT)
  }

  async function flush(): Promise<void> {
    isSending = true
    while (queue.length) await ask(queue.splice(0), 0)
    isSending = false
  }

  const guarded = (work: Promise<void>): void =>
    void work.catch((error) => {
      if (stop.signal.aborted) return
      if (!(error instanceof TypeError || error instanceof DOMException)) console.error(error)
      lost()
    })

  guarded(listen())
  return {
    send(message) {
      if (message.t === "ping") return // each poll is a sign of life
      queue.push(message)
      if (!isSending) guarded(flush())
    },
    close: () => stop.abort(),
  }
}
