/* What was said, drawn: a bubble to a line, what happened as a quiet line between, what is not sent yet marked as such. */
import type { Conversation } from "./conversation"
import { arrange, button, h, icon } from "./dom"
import { cards, linked } from "./links"
import type { Card, FileOf, Line, Option, Unsent } from "./protocol"
import { clock, day, size, t } from "./words"

export interface LogActions {
  choose(option: Option): void
  retry(id: string): void
  drop(id: string): void
  opened(card: Card): void
}

interface Drawn {
  of: unknown
  node: HTMLElement
}

const TOGETHER = 5 * 60_000 // milliseconds within which lines of one person stand together

export class Log {
  /** the words of ours to which the visitor has come: they stand where the greeting would */
  asked = ""
  private drawn = new Map<unknown, Drawn>()
  private days = new Map<string, HTMLElement>()

  constructor(
    private readonly place: HTMLElement,
    private readonly look: { greeting: string; showsCards: boolean; local: Map<number, string> },
    private readonly act: LogActions,
  ) {}

  draw(state: Conversation): void {
    const lines = [...state.earlier, ...state.lines]
    const wanted: Node[] = state.hasMore ? [] : [this.greeting(state)]
    const last = lines.at(-1)
    const mine = lines.findLast((line) => line.said === "visitor")
    const seen = state.chat && mine && state.lines.includes(mine) && state.chat.seen >= mine.seq ? t("seen") : ""
    let before: Line | undefined
    for (const line of lines) {
      if (day(before?.at ?? "") !== day(line.at)) wanted.push(this.day(line.at))
      const isFirst =
        before?.said !== line.said || before.name !== line.name || +new Date(line.at) - +new Date(before.at) > TOGETHER
      const under = line === mine && last?.said === "visitor" ? seen : ""
      const buttons = line === last && !state.unsent.length && state.chat?.state === "bot"
      wanted.push(
        this.kept(line.id ?? line, `${line.seq}${isFirst}${under}${buttons}`, () =>
          this.line(line, isFirst, under, buttons),
        ),
      )
      before = line
    }
    const there = new Set(lines.map((line) => line.id))
    for (const one of [...state.left, ...state.unsent])
      if (!there.has(one.id)) wanted.push(this.kept(one.id, one, () => this.unsent(one)))
    arrange(this.place, wanted)
  }

  /** The element of before where nothing about it has changed; so nothing is read aloud twice. */
  private kept(key: unknown, of: unknown, make: () => HTMLElement): HTMLElement {
    const known = this.drawn.get(key)
    if (known && known.of === of) return known.node
    const node = make()
    if (known) {
      // The same bubble goes on: it is not announced as new when it has been sent.
      known.node.className = node.className
      known.node.replaceChildren(...node.childNodes)
      known.of = of
      return known.node
    }
    this.drawn.set(key, { of, node })
    return node
  }

  private day(at: string): HTMLElement {
    const name = day(at)
    const rule = this.days.get(name) ?? h("p", { className: "day" }, name)
    this.days.set(name, rule)
    return rule
  }

  private greeting({ assistant, chat, unsent }: Conversation): HTMLElement {
    const isNew = !chat && !unsent.length
    const text = this.asked || assistant?.text || this.look.greeting
    return this.kept("greeting", `${isNew}${text}`, () => {
      const who = assistant && h("p", { className: "who" }, icon("spark"), assistant.name)
      const options = isNew && assistant && this.options(assistant.options)
      return h("div", { className: "line them" }, who, bubble(linked(text)), options)
    })
  }

  private line(line: Line, isFirst: boolean, under: string, buttons: boolean): HTMLElement {
    if (line.said === "event") return h("p", { className: "event" }, h("span", {}, happening(line)))
    const isMine = line.said === "visitor"
    const name = line.said === "bot" ? t("assistant") : line.name
    const time = h("time", { dateTime: line.at }, clock(line.at))
    const who = isMine
      ? h("p", { className: isFirst ? "who" : "sr" }, h("span", { className: "sr" }, `${t("you")}, `), time)
      : h(
          "p",
          { className: isFirst ? "who" : "sr" },
          line.said === "bot" && icon("spark"),
          h("bdi", {}, name),
          " ",
          time,
        )
    return h(
      "div",
      { className: `line ${isMine ? "me" : "them"}${isFirst ? " first" : ""}` },
      who,
      line.text && bubble(linked(line.text)),
      ...(this.look.showsCards && line.text ? cards(line.text) : []),
      line.files.length > 0 && this.files(line.files),
      !!line.articles?.length && this.articles(line.articles),
      buttons && !!line.options?.length && this.options(line.options),
      under && h("p", { className: "under" }, under),
    )
  }

  private unsent(one: Unsent): HTMLElement {
    const text = one.problem ? one.reason || t("refused.unknown") : one.seq ? t("sent") : t("sending")
    const ways = one.problem
      ? [button(t("again"), () => this.act.retry(one.id)), button("×", () => this.act.drop(one.id))]
      : []
    ways[1]?.setAttribute("aria-label", t("file.remove", { name: one.text.slice(0, 40) }))
    return h(
      "div",
      { className: `line me${one.problem ? " bad" : one.seq ? "" : " wait"}` },
      one.text && bubble(linked(one.text)),
      one.files.length > 0 && this.files(one.files),
      h("p", { className: "under", role: one.problem ? "alert" : undefined }, text, ...ways),
    )
  }

  private options(options: Option[]): HTMLElement {
    return h(
      "div",
      { className: "options", role: "group" },
      ...options.map((one) => button(one.label, () => this.act.choose(one))),
    )
  }

  private files(files: FileOf[]): HTMLElement {
    return h("ul", { className: "sentfiles" }, ...files.map((file) => h("li", {}, this.file(file))))
  }

  private file(file: FileOf): HTMLElement {
    const isPicture = /^image\/(png|jpeg|gif|webp|avif)$/.test(file.content_type)
    const facts = [icon("file"), h("span", {}, h("bdi", {}, file.filename), h("small", {}, size(file.size)))]
    const link = { href: file.url, target: "_blank", rel: "noopener" }
    if (!isPicture)
      return h("a", { ...link, className: "file", "aria-label": t("file.download", { name: file.filename }) }, ...facts)
    const picture = h("img", { src: this.look.local.get(file.id) ?? file.url, alt: "", loading: "lazy" })
    return h("a", { ...link, className: "picture", "aria-label": t("file.open", { name: file.filename }) }, picture)
  }

  private articles(articles: Card[]): HTMLElement {
    return h("ul", { className: "articles" }, ...articles.map((card) => h("li", {}, articleLink(card, this.act))))
  }
}

const bubble = (inside: (Node | string)[]): HTMLElement => h("p", { className: "bubble", dir: "auto" }, ...inside)

export function articleLink(card: Card, act: { opened(card: Card): void }): HTMLElement {
  const facts = h("span", { dir: "auto" }, h("b", {}, card.title), card.excerpt ? h("small", {}, card.excerpt) : null)
  const link = { href: new URL(card.url ?? card.path ?? "/", location.origin).href, target: "_blank", rel: "noopener" }
  return h("a", { ...link, className: "article", onclick: () => act.opened(card) }, icon("book"), facts)
}

function happening(line: Line): string {
  const name = line.name
  if (line.kind === "ended") return t(`event.ended_${line.by === "agent" && !name ? "bot" : line.by}`, { name })
  if (line.kind === "transferred" && name) return t("event.transferred_to", { name })
  return t(`event.${line.kind ?? ""}`, { name })
}
