/*
 * The log as it is seen: lines in their order, notes between them by time, what is not sent yet at the end; headings of
 * days, groups of one side, how far the visitor has read, and whether they type.
 */
import { h } from "../lib/dom"
import { dayOf, drawDay, drawLine, drawNote, drawUnsent, type Note } from "./draw"
import type { Line } from "./lines"
import type { Unsent } from "./outbox"
import { word } from "./words"

const TYPING_SHOWN = 6_000
const NEAR_END = 80

export interface UnsentActs {
  again(id: string): void
  drop(id: string): void
}

export class LogView {
  private seen = 0
  private typingTimer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly scroller: HTMLElement,
    private readonly list: HTMLElement,
    private readonly typing: HTMLElement,
    private readonly acts: UnsentActs,
  ) {}

  /** New at the end: the log goes along if it stood there, or when `goes` says so. */
  add(lines: readonly Line[], goes = false): void {
    const follows = goes || this.isAtEnd
    for (const line of lines) this.put(drawLine(line), line.at)
    this.arrange()
    if (follows) this.toEnd()
  }

  /** From before: what stands in view stays there. */
  addEarlier(lines: readonly Line[]): void {
    const from = this.scroller.scrollHeight - this.scroller.scrollTop
    for (const line of lines) this.put(drawLine(line), line.at)
    this.arrange()
    this.scroller.scrollTop = this.scroller.scrollHeight - from
  }

  showNotes(notes: readonly Note[]): void {
    const follows = this.isAtEnd
    for (const note of notes) {
      const there = this.list.querySelector(`[data-note="${note.id}"]`)
      if (there) there.replaceWith(drawNote(note))
      else this.put(drawNote(note), note.at)
    }
    this.arrange()
    if (follows) this.toEnd()
  }

  showUnsent(all: readonly Unsent[]): void {
    for (const old of this.list.querySelectorAll(".unsent")) old.remove()
    const { again, drop } = this.acts
    for (const unsent of all) {
      const { id } = unsent
      this.list.append(drawUnsent(unsent, word("you"), () => again(id), () => drop(id))) // prettier-ignore
    }
    this.arrange()
  }

  showSeen(seq: number): void {
    if (!(seq > this.seen)) return
    this.seen = seq
    this.arrange()
  }

  showTyping(name: string): void {
    clearTimeout(this.typingTimer)
    const follows = this.isAtEnd
    this.typing.hidden = !name
    this.typing.textContent = name ? word("types", { name }) : ""
    if (!name) return
    if (follows) this.toEnd()
    this.typingTimer = setTimeout(() => this.showTyping(""), TYPING_SHOWN)
  }

  toEnd(): void {
    this.scroller.scrollTop = this.scroller.scrollHeight
  }

  stop(): void {
    clearTimeout(this.typingTimer)
  }

  private put(item: HTMLElement, at: string): void {
    const when = Date.parse(at)
    const seq = Number(item.dataset["seq"] ?? 0)
    const known = [...this.list.querySelectorAll<HTMLElement>(":scope > [data-at]")]
    const before = known.findLast(({ dataset }) =>
      seq && dataset["seq"] ? Number(dataset["seq"]) < seq : Date.parse(dataset["at"] ?? "") <= when,
    )
    if (before) before.after(item)
    else this.list.prepend(item)
  }

  /** Days and groups. What stands right is left alone: it would be read out again. */
  private arrange(): void {
    const unused = new Set(this.list.querySelectorAll<HTMLElement>(".cday"))
    let day = ""
    let by = ""
    for (const item of [...this.list.children] as HTMLElement[]) {
      if (item.classList.contains("cday")) continue
      const { at } = item.dataset
      const today = at ? dayOf(new Date(at)) : day
      if (at && today !== day && (day || today !== dayOf(new Date()))) this.headDay(item, at, today, unused)
      item.classList.toggle("goes-on", today === day && Boolean(by) && item.dataset["by"] === by)
      day = today
      by = item.dataset["by"] ?? ""
    }
    for (const heading of unused) heading.remove()
    this.markSeen()
  }

  private headDay(item: HTMLElement, at: string, day: string, unused: Set<HTMLElement>): void {
    const before = item.previousElementSibling as HTMLElement | null
    if (before?.classList.contains("cday") && before.dataset["day"] === day) return void unused.delete(before)
    const heading = drawDay(at)
    heading.dataset["day"] = day
    item.before(heading)
  }

  /** Under the last line of ours, once the visitor has had it before their eyes. */
  private markSeen(): void {
    const own = [...this.list.querySelectorAll<HTMLElement>(".cline.agent[data-seq]")].at(-1)
    const isSeen = own !== undefined && Number(own.dataset["seq"]) <= this.seen
    const mark = this.list.querySelector(".cseen")
    if (mark && isSeen && mark.parentElement === own) return
    mark?.remove()
    if (isSeen) own.append(h("p.cseen", {}, word("seen")))
  }

  private get isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller
    return scrollHeight - scrollTop - clientHeight < NEAR_END
  }
}
