/* Questions before a chat or a message: the server has drawn them, here they are asked, checked and read. */
import { t } from "./words"

export type Answers = Record<string, string | boolean | string[]>

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

/** The questions inside `element`: which of them are asked, and what is wrong with the answers. */
export class Form {
  private readonly boxes: HTMLElement[]

  constructor(element: HTMLElement, given: { name: string; email: string }) {
    this.boxes = [...element.querySelectorAll<HTMLElement>("[data-question]")]
    for (const box of this.boxes) {
      const name = nameOf(box)
      if (name === "name" || name === "email") fields(box)[0]!.value = given[name]
    }
    element.addEventListener("input", () => this.ask())
    this.ask()
  }

  /** Of those that were asked and answered. */
  get answers(): Answers {
    const asked = this.boxes.filter((box) => !box.hidden).map((box) => [nameOf(box), answer(box)] as const)
    return Object.fromEntries(asked.filter(([, given]) => given && String(given)))
  }

  /** Whether all is as it should be; else each wrong field says why, and the first has the focus. */
  check(): boolean {
    const wrong = this.boxes.filter((box) => !box.hidden).map((box) => [nameOf(box), problem(box)] as const)
    return this.complain(Object.fromEntries(wrong))
  }

  complain(wrong: Record<string, string>): boolean {
    let first: Field | undefined
    for (const box of this.boxes) {
      const reason = wrong[nameOf(box)] ?? ""
      box.querySelector(".wrong")!.textContent = reason
      for (const field of fields(box)) {
        field.setAttribute("aria-invalid", String(!!reason))
        if (reason) first ??= field
      }
    }
    first?.focus()
    return !first
  }

  /** A question whose deciding one was answered otherwise, or is not asked itself, is not asked. */
  private ask(): void {
    for (const box of this.boxes) {
      const above = this.boxes.find((other) => nameOf(other) === box.dataset["when"])
      if (!above) continue
      const given = answer(above)
      const values = given === true ? ["yes"] : [given].flat().map(String)
      box.hidden = above.hidden || !box.dataset["is"]!.split(" ").some((each) => values.includes(each))
    }
  }
}

const nameOf = (box: HTMLElement): string => box.dataset["question"]!

const fields = (box: HTMLElement): Field[] => [...box.querySelectorAll<Field>("input, select, textarea")]

function answer(box: HTMLElement): Answers[string] {
  const all = fields(box)
  const ticked = all.filter((field) => (field as HTMLInputElement).checked)
  if (box.dataset["kind"] === "tick") return ticked.length > 0
  if (box.dataset["kind"] === "several") return ticked.map((field) => field.value)
  return all[0]!.value.trim()
}

/** What the browser finds wrong with a field, in words of ours. */
function problem(box: HTMLElement): string {
  const [{ validity, required, value }] = fields(box) as [Field]
  if (validity.valueMissing || (required && !value.trim())) return t("asked.empty")
  return validity.valid ? "" : t("asked.email")
}
