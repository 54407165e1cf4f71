/* Files on their way up, each with how far it is; they go out with the next words. */
import { arrange, byId, h, icon } from "./dom"
import type { FileOf, Upload } from "./protocol"
import { size, t } from "./words"

interface Going {
  name: string
  file?: FileOf
  chip: HTMLElement
  request?: XMLHttpRequest
}

export class Uploads {
  /** pictures as they are here, by their file's number: they are shown before they come back */
  readonly local = new Map<number, string>()
  private going: Going[] = []
  private target: { upload: Upload; token: string } | undefined
  private readonly list = byId("files")

  constructor(private readonly complain: (text: string) => void) {
    const pick = byId<HTMLInputElement>("pick")
    byId("attach").onclick = () => pick.click()
    pick.onchange = () => {
      this.add(pick.files)
      pick.value = ""
    }
    document.addEventListener("dragover", (event) => {
      if (!this.target || !event.dataTransfer?.types.includes("Files")) return
      event.preventDefault()
      document.body.classList.add("drop")
    })
    for (const name of ["dragleave", "drop"])
      document.addEventListener(name, () => document.body.classList.remove("drop"))
    document.addEventListener("drop", (event) => {
      event.preventDefault() // a file that misses must not replace the panel
      this.add(event.dataTransfer?.files)
    })
    byId("box").addEventListener("paste", (event) => {
      const files = event.clipboardData?.files
      if (!files?.length || !this.target) return
      event.preventDefault()
      this.add(files)
    })
  }

  /** Where to, as the last welcome said; null where no files are taken. */
  aim(upload: Upload | null, token: string | null): void {
    this.target = upload && token ? { upload, token } : undefined
    byId("attach").hidden = !this.target
  }

  get isBusy(): boolean {
    return this.going.some((one) => !one.file)
  }

  get hasSome(): boolean {
    return this.going.some((one) => one.file)
  }

  /** Those that are up; the list is empty afterwards. */
  take(): FileOf[] {
    const files = this.going.flatMap((one) => one.file ?? [])
    this.going = []
    this.show()
    return files
  }

  private add(files: FileList | null | undefined): void {
    for (const file of files ?? []) this.send(file)
  }

  private send(file: File): void {
    if (!this.target) return
    const { upload, token } = this.target
    const limit = upload.most_bytes
    if (file.size > limit) return this.complain(t("file.too_big", { name: file.name, limit: size(limit) }))
    const bar = h("progress", { max: 1, value: 0, "aria-label": t("file.sending", { name: file.name, percent: 0 }) })
    const remove = h("button", { type: "button", "aria-label": t("file.remove", { name: file.name }) }, icon("x"))
    const chip = h("li", {}, icon("file"), h("bdi", {}, file.name), bar, remove)
    const request = new XMLHttpRequest()
    const one: Going = { name: file.name, chip, request }
    remove.onclick = () => {
      request.abort()
      this.drop(one)
      byId("box").focus()
    }
    request.upload.onprogress = ({ loaded, total }) => {
      bar.value = loaded / total
      const percent = Math.round((100 * loaded) / total)
      bar.setAttribute("aria-label", t("file.sending", { name: file.name, percent }))
    }
    request.onload = () => this.arrived(one, file, bar)
    request.onerror = () => this.failed(one, t("refused.unknown"))
    const form = new FormData()
    form.append("file", file)
    request.open("POST", `${upload.url}?token=${encodeURIComponent(token)}`)
    request.send(form)
    this.going.push(one)
    this.show()
  }

  private arrived(one: Going, file: File, bar: HTMLElement): void {
    const answer = parsed(one.request!.responseText)
    if (one.request!.status >= 400 || typeof answer["id"] !== "number")
      return this.failed(one, String(answer["reason"] ?? t("refused.files")))
    one.file = answer as unknown as FileOf
    if (file.type.startsWith("image/")) {
      const url = URL.createObjectURL(file)
      this.local.set(one.file.id, url)
      one.chip.querySelector("svg")?.replaceWith(h("img", { src: url, alt: "" }))
    }
    bar.remove()
    this.complain("")
  }

  private failed(one: Going, reason: string): void {
    this.drop(one)
    this.complain(t("file.failed", { name: one.name, reason }))
  }

  private drop(one: Going): void {
    this.going = this.going.filter((other) => other !== one)
    this.show()
  }

  private show(): void {
    arrange(
      this.list,
      this.going.map((one) => one.chip),
    )
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    return {} // a proxy's error page: the status says enough
  }
}
