/*
 * The files of one message being written: checked, uploaded one chip each with its progress, and removable. A file that
 * is refused or fails says why on its own chip's place and never touches the words.
 */
import { button, h, icon } from "../lib/dom"
import { csrfToken, parseObject, request } from "../lib/http"
import { language, text } from "../strings"

export interface Attached {
  id: number
  filename: string
  size: number
}

export interface Rules {
  url: string
  ticket: string
  mostBytes: number
  /** Lower-case suffixes with their dot. */
  refused: ReadonlySet<string>
}

export interface AttachmentEvents {
  changed(): void
  /** A file could not be taken; `reason` is a whole sentence. */
  refused(reason: string): void
}

interface Upload {
  chip: HTMLLIElement
  request: XMLHttpRequest
}

export class Attachments {
  private readonly ready = new Map<HTMLLIElement, Attached>()
  private readonly running = new Set<Upload>()

  constructor(
    private readonly rules: Rules,
    private readonly events: AttachmentEvents,
  ) {}

  get list(): Attached[] {
    return [...this.ready.values()]
  }

  get isUploading(): boolean {
    return this.running.size > 0
  }

  get chips(): HTMLLIElement[] {
    return [...this.ready.keys(), ...[...this.running].map(({ chip }) => chip)]
  }

  load(files: readonly Attached[]): void {
    this.clear()
    for (const file of files) this.ready.set(this.chipFor(file), file)
  }

  /** Files that the server has already: those of a macro. */
  take(files: readonly Attached[]): void {
    if (!files.length) return
    for (const file of files) this.ready.set(this.chipFor(file), file)
    this.events.changed()
  }

  add(files: readonly File[]): void {
    for (const file of files) {
      const reason = refusal(file, this.rules)
      if (reason) this.events.refused(reason)
      else this.upload(file)
    }
    this.events.changed()
  }

  clear(): void {
    for (const { request } of this.running) request.abort()
    for (const chip of this.chips) chip.remove()
    this.running.clear()
    this.ready.clear()
  }

  /** XMLHttpRequest, because fetch tells nothing about the progress of what is sent. */
  private upload(file: File): void {
    const progress = h("progress", {
      max: 100,
      value: 0,
      "aria-label": text("attachment.uploading", { name: file.name }),
    })
    const sending = new XMLHttpRequest()
    const chip = chipElement(file.name, file.size, progress, () => sending.abort())
    const upload = { chip, request: sending }
    this.running.add(upload)
    sending.upload.addEventListener(
      "progress",
      ({ loaded, total }) => (progress.value = total ? (loaded / total) * 100 : 0),
    )
    sending.addEventListener("loadend", () => this.uploaded(file, upload))
    sending.open("POST", this.rules.url)
    sending.setRequestHeader("X-CSRFToken", csrfToken())
    sending.setRequestHeader("HX-Request", "true")
    sending.setRequestHeader("Accept", "application/json")
    sending.send(formOf(file, this.rules.ticket))
  }

  private uploaded(file: File, upload: Upload): void {
    if (!this.running.delete(upload)) return
    const { status, responseText } = upload.request
    const data = status ? parseObject(responseText) : {}
    if (status >= 200 && status < 300 && typeof data["id"] === "number") {
      const attached = {
        id: data["id"],
        filename: String(data["filename"] ?? file.name),
        size: Number(data["size"] ?? file.size),
      }
      const chip = this.chipFor(attached)
      upload.chip.replaceWith(chip)
      this.ready.set(chip, attached)
    } else {
      upload.chip.remove()
      const reason = this.whyNot(file, status, data)
      if (reason) this.events.refused(reason)
    }
    this.events.changed()
  }

  /** In words, or "" when the writer cancelled it (no status, yet online). */
  private whyNot(file: File, status: number, data: Record<string, unknown>): string {
    const name = file.name
    if (status === 0) return navigator.onLine ? "" : text("attachment.failed", { name, reason: text("error.offline") })
    if (typeof data["detail"] === "string") return data["detail"]
    if (status === 413) return tooBig(file, this.rules.mostBytes)
    const reason = text(status === 401 ? "session.expired" : status >= 500 ? "error.server" : "error.refused")
    return text("attachment.failed", { name, reason })
  }

  private chipFor(attached: Attached): HTMLLIElement {
    const chip = chipElement(attached.filename, attached.size, null, () => void this.remove(chip, attached))
    chip.dataset["attachment"] = String(attached.id)
    return chip
  }

  private async remove(chip: HTMLLIElement, { id }: Attached): Promise<void> {
    const next = chip.nextElementSibling ?? chip.previousElementSibling
    this.ready.delete(chip)
    chip.remove()
    next?.querySelector("button")?.focus()
    this.events.changed()
    const outcome = await request(`${this.rules.url}${id}/`, { method: "DELETE" })
    if (!outcome.ok) console.info("the file stays on the server until unsent files are swept", id, outcome.failure.kind)
  }
}

function chipElement(
  name: string,
  size: number,
  progress: HTMLProgressElement | null,
  remove: () => void,
): HTMLLIElement {
  const label = h("span.name", {}, h("span.clip", { dir: "auto" }, name), h("small", {}, fileSize(size)))
  const cross = button("btn ghost icon sm", "", remove)
  cross.setAttribute("aria-label", text("attachment.remove", { name }))
  cross.append(icon("x", "xs"))
  return h("li.file", {}, icon(iconFor(name), "sm"), label, progress, cross)
}

/** The files that the server rendered as chips: those of drafts. */
export function readChips(place: Element): Map<number, Attached> {
  const chips = [...place.querySelectorAll<HTMLElement>("[data-attachment]")]
  return new Map(
    chips.map((chip) => {
      const id = Number(chip.dataset["attachment"])
      return [
        id,
        { id, filename: chip.querySelector("bdi")?.textContent ?? "", size: Number(chip.dataset["size"] ?? 0) },
      ]
    }),
  )
}

function refusal(file: File, rules: Rules): string {
  const suffix = file.name.toLowerCase().match(/\.[^.]+$/)?.[0] ?? ""
  if (rules.refused.has(suffix)) return text("attachment.blocked", { name: file.name, type: suffix })
  return rules.mostBytes && file.size > rules.mostBytes ? tooBig(file, rules.mostBytes) : ""
}

function tooBig(file: File, most: number): string {
  return text("attachment.too_big", { name: file.name, size: fileSize(file.size), limit: fileSize(most) })
}

function formOf(file: File, ticket: string): FormData {
  const form = new FormData()
  form.append("file", file, file.name)
  if (ticket) form.append("ticket", ticket)
  return form
}

/** Sizes as people read them: 182 KB, 2.4 MB; counted in 1024s, like the limits. */
export function fileSize(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"]
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1)
  const style = {
    style: "unit",
    unit: units[power] ?? "byte",
    unitDisplay: power ? "short" : "long",
    maximumFractionDigits: power > 1 ? 1 : 0,
  } as const
  return new Intl.NumberFormat(language(), style).format(bytes / 1024 ** power).replace("kB", "KB")
}

const ICONS: readonly (readonly [RegExp, string])[] = [
  [/\.(png|jpe?g|gif|webp|heic|svg|avif)$/i, "file-image"],
  [/\.(csv|xlsx?|ods|numbers)$/i, "file-spreadsheet"],
  [/\.(zip|gz|7z|tar|rar)$/i, "file-archive"],
  [/\.(mp3|wav|ogg|m4a)$/i, "file-audio"],
  [/\.(mp4|mov|webm|avi)$/i, "file-video"],
]

function iconFor(name: string): string {
  return ICONS.find(([pattern]) => pattern.test(name))?.[1] ?? "file-text"
}
