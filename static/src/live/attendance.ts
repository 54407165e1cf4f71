/*
 * Tells the server what this page shows: the ticket in front of the reader, whether they write there, and the rows of
 * the list, so that others see who is where and this page hears it of others. A hidden tab looks at nothing.
 */
import { forgetPeople, hearPresence, hearPresences, type Presence } from "./people"
import type { Socket } from "./socket"

interface Writing {
  ticket: number
  mode: string
}

export class Attendance {
  viewed: number | undefined
  private rows = ""

  constructor(
    private readonly socket: Socket,
    private readonly shown: () => number | undefined,
  ) {}

  listen(signal: AbortSignal): void {
    for (const kind of ["typing", "idle", "release", "take"] as const)
      document.addEventListener(`ot:${kind}`, (event) => this.tell(kind, event as CustomEvent<Writing>), { signal })
  }

  /** A new socket knows nothing of us. */
  begin(): void {
    this.viewed = undefined
    this.rows = ""
    this.look()
  }

  end(): void {
    this.viewed = undefined
    forgetPeople()
  }

  /** Say what is shown now, where it is not what was said last. */
  look(): void {
    if (!this.socket.isOpen) return
    const visible = document.visibilityState === "visible"
    this.view(visible ? this.shown() : undefined)
    this.watch()
  }

  hear(message: Record<string, unknown>): void {
    if (message["t"] === "presence") hearPresence(message as unknown as Presence)
    else hearPresences(message["tickets"] as Presence[], this.viewed)
  }

  private view(ticket: number | undefined): void {
    if (ticket === this.viewed) return
    if (this.viewed !== undefined) this.socket.send({ t: "leave" })
    if (ticket !== undefined) this.socket.send({ t: "view", ticket })
    this.viewed = ticket
    this.socket.attend(ticket !== undefined)
  }

  private watch(): void {
    const rows = [...document.querySelectorAll<HTMLElement>(".ti[data-number]")].map(({ dataset }) =>
      Number(dataset["number"]),
    )
    const said = rows.join(" ")
    if (said === this.rows) return
    this.rows = said
    this.socket.send({ t: "rows", tickets: rows })
  }

  private tell(kind: string, { detail: { ticket, mode } }: CustomEvent<Writing>): void {
    if (ticket === this.viewed) this.socket.send({ t: kind, ticket, mode })
  }
}
