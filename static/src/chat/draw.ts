/* How lines, notes and what happened are drawn. Everything a visitor wrote is text: links are found in it, never HTML. */
import { fileSize } from "../composer/attachments"
import { button, h, icon } from "../lib/dom"
import { language } from "../strings"
import type { FileOf, Line } from "./lines"
import type { Unsent } from "./outbox"
import { hasWord, word, zone } from "./words"

const LINK = /\bhttps?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]/g
const PICTURE = /^image\/(png|jpe?g|gif|webp|avif)$/

export interface Note {
  id: number
  name: string
  text: string
  at: string
}

export function drawLine(line: Line): HTMLLIElement {
  if (line.said === "event") return drawEvent(line)
  const item = h("li", { class: `cline ${line.said}`, "data-seq": line.seq, "data-at": line.at, "data-by": by(line) })
  item.append(meta(line.name, line.at, line.said === "bot"), bubble(line.text, line.files))
  const options = Array.isArray(line["options"]) ? (line["options"] as unknown[]) : []
  if (options.length) item.append(h("p.chosen", {}, options.map(labelOf).filter(Boolean).join(" · ")))
  return item
}

/** Who said it: lines of one side that follow each other are one group. */
function by({ said, author, name }: Line): string {
  return `${said}:${author ?? name}`
}

function labelOf(option: unknown): string {
  if (typeof option === "string") return option
  const label = (option as { label?: unknown } | null)?.label
  return typeof label === "string" ? label : ""
}

function drawEvent(line: Line): HTMLLIElement {
  const said = word(`event.${line.kind}`, { name: line.name, time: clock(String(line["until"] ?? "")) })
  const by = `event.${line.kind}.${String(line["by"] ?? "")}`
  const words = hasWord(by) ? word(by, { name: line.name }) : said
  return h("li.cevent", { "data-seq": line.seq, "data-at": line.at }, h("span", {}, words), moment(line.at))
}

export function drawNote(note: Note): HTMLLIElement {
  const item = h("li.cline.note", { "data-note": note.id, "data-at": note.at, "data-by": `note:${note.name}` })
  item.append(meta(note.name, note.at, false, "lock"), bubble(note.text, []))
  return item
}

/** What is on its way, or was not taken. */
export function drawUnsent(unsent: Unsent, name: string, again: () => void, drop: () => void): HTMLLIElement {
  const kind = unsent.mode === "note" ? "note" : "agent"
  const item = h("li", { class: `cline unsent ${kind}`, "data-id": unsent.id, "data-by": `${kind}:unsent` })
  item.append(meta(name, unsent.at, false, kind === "note" ? "lock" : ""), bubble(unsent.text, []))
  if (unsent.files.length) item.append(h("p.chosen", {}, unsent.files.map(({ filename }) => filename).join(" · ")))
  if (unsent.refused === undefined) {
    item.append(h("p.sending", {}, icon("clock", "xs"), word("sending")))
  } else {
    item.classList.add("is-refused")
    const acts = [button("linkbtn", word("again"), again), button("linkbtn", word("take_back"), drop)]
    item.append(h("p.sending", { role: "alert" }, icon("triangle-alert", "xs"), h("span", {}, unsent.refused), ...acts))
  }
  return item
}

/** The same for two moments of one day on the reader's clock. */
export function dayOf(at: Date): string {
  return at.toLocaleDateString("en", { timeZone: zone() })
}

export function drawDay(at: string): HTMLLIElement {
  const day = new Intl.DateTimeFormat(language(), { weekday: "long", day: "numeric", month: "long", timeZone: zone() })
  return h("li.cday", {}, day.format(new Date(at)))
}

function meta(name: string, at: string, isBot: boolean, sign = ""): HTMLElement {
  const who = isBot
    ? h("span.cmark.tone-violet", {}, icon("bot", "xs"), word("assistant"))
    : h("b", { dir: "auto" }, name)
  const own = sign ? icon(sign, "xs") : null
  return h("div.cmeta", {}, own, who, moment(at))
}

function moment(at: string): HTMLElement {
  return h("time", { datetime: at, title: new Date(at).toLocaleString(language(), { timeZone: zone() }) }, clock(at))
}

function clock(at: string): string {
  const when = new Date(at)
  if (Number.isNaN(when.getTime())) return ""
  return new Intl.DateTimeFormat(language(), {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone(),
  }).format(when)
}

function bubble(text: string, files: readonly FileOf[]): HTMLElement {
  const parts: HTMLElement[] = []
  if (text) parts.push(h("div.cbubble", { dir: "auto" }, ...linked(text)))
  if (files.length) parts.push(h("ul.cfiles", {}, ...files.map(drawFile)))
  return h("div.cwords", {}, ...parts)
}

/** Addresses in the text become links; everything else stays text. */
export function linked(text: string): (Node | string)[] {
  const parts: (Node | string)[] = []
  let at = 0
  for (const found of text.matchAll(LINK)) {
    parts.push(text.slice(at, found.index))
    parts.push(h("a", { href: found[0], target: "_blank", rel: "noopener noreferrer nofollow" }, found[0]))
    at = found.index + found[0].length
  }
  return [...parts, text.slice(at)].filter((part) => part !== "")
}

function drawFile(file: FileOf): HTMLLIElement {
  const href = `/agent/attachments/${file.id}/${encodeURIComponent(file.filename)}`
  const label = h("span.name", {}, h("span.clip", { dir: "auto" }, file.filename), h("small", {}, fileSize(file.size)))
  if (!PICTURE.test(file.content_type))
    return h("li", {}, h("a.file", { href, target: "_blank" }, icon("file-text", "sm"), label))
  const picture = h("img", { src: href, alt: "", loading: "lazy", decoding: "async" })
  // Shown as a picture only once it is one: what is being checked for malware is not handed out yet.
  picture.addEventListener("error", () => picture.replaceWith(icon("image-off", "sm")), { once: true })
  return h("li", {}, h("a.file.thumb", { href, target: "_blank" }, picture, label))
}
