import { beforeEach, expect, test, vi } from "vitest"
import { serve } from "../testing/page"
import { Attachments, fileSize } from "./attachments"

/** The browser's XMLHttpRequest without a network; the test answers. */
class Upload extends EventTarget {
  static all: Upload[] = []
  readonly upload = new EventTarget()
  readonly headers: Record<string, string> = {}
  status = 0
  responseText = ""
  body: FormData | undefined

  constructor() {
    super()
    Upload.all.push(this)
  }

  open(): void {}

  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value
  }

  send(body: FormData): void {
    this.body = body
  }

  abort(): void {
    this.dispatchEvent(new Event("loadend"))
  }

  answer(status: number, data: object): void {
    this.status = status
    this.responseText = JSON.stringify(data)
    this.dispatchEvent(new Event("loadend"))
  }
}

const refused: string[] = []
let changes = 0
const rules = { url: "/agent/attachments/", ticket: "12", mostBytes: 1024 * 1024, refused: new Set([".exe"]) }

function attachments(): Attachments {
  return new Attachments(rules, { changed: () => changes++, refused: (reason) => refused.push(reason) })
}

function file(name: string, bytes = 10): File {
  return new File([new Uint8Array(bytes)], name)
}

function last(): Upload {
  const upload = Upload.all.at(-1)
  if (!upload) throw new Error("nothing was uploaded")
  return upload
}

beforeEach(() => {
  Upload.all = []
  refused.length = changes = 0
  vi.stubGlobal("XMLHttpRequest", Upload)
})

test("a file goes up with its ticket and becomes a chip with its id", () => {
  const files = attachments()
  files.add([file("photo.png")])
  expect(files.isUploading).toBe(true)
  expect(last().body?.get("ticket")).toBe("12")
  last().answer(201, { id: 9, filename: "photo.png", size: 10 })
  expect(files.list).toEqual([{ id: 9, filename: "photo.png", size: 10 }])
  expect(files.chips[0]?.dataset["attachment"]).toBe("9")
})

test("progress is shown", () => {
  const files = attachments()
  files.add([file("a.pdf")])
  last().upload.dispatchEvent(Object.assign(new Event("progress"), { loaded: 5, total: 10 }))
  expect(files.chips[0]?.querySelector("progress")?.value).toBe(50)
})

test("too large and refused types are said before anything is sent", () => {
  attachments().add([file("big.zip", 2 * 1024 * 1024), file("virus.EXE")])
  expect(refused[0]).toMatch(/big\.zip is 2 MB\. A file may have at most 1 MB\./)
  expect(refused[1]).toMatch(/virus\.EXE: files of this type \(\.exe\)/)
  expect(Upload.all).toHaveLength(0)
})

test("the server's own reason is shown, and the chip goes", () => {
  const files = attachments()
  files.add([file("a.iso")])
  last().answer(415, { detail: "“a.iso” is a program." })
  expect(refused).toEqual(["“a.iso” is a program."])
  expect(files.chips).toEqual([])
})

test("cancelling an upload is no error", () => {
  const files = attachments()
  files.add([file("a.pdf")])
  files.chips[0]?.querySelector("button")?.click()
  expect(refused).toEqual([])
  expect(files.isUploading).toBe(false)
})

test("removing a file forgets it and tells the server", async () => {
  const sent = serve({ status: 204 })
  const files = attachments()
  files.load([{ id: 9, filename: "a.pdf", size: 2048 }])
  files.chips[0]?.querySelector("button")?.click()
  expect(files.list).toEqual([])
  await vi.waitFor(() => expect(sent[0]).toMatchObject({ url: "/agent/attachments/9/", method: "DELETE" }))
})

test("sizes read as people say them", () => {
  expect([1, 500, 186_000, 2_500_000].map(fileSize)).toEqual(["1 byte", "500 bytes", "182 KB", "2.4 MB"])
})
