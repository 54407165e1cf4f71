/* Questions before a chat or a message: built from the widget's, checked before anything is sent. */
import { h } from "./dom"
import { t } from "./words"

export interface Question {
  key: string
  kind: "text" | "long" | "choice" | "several" | "tick" | "number" | "date" | "name" | "email"
  label: string
  help: string
  options: [value: string, label: string][]
  required: boolean
  when: string
  is: string[]
}

export type Answers = Record<string, string | boolean | string[]>

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/

/** Name and address first, then the widget's own questions. */
export function personal(asks: { name: string; email: string }, emailNeeded = false): Question[] {
  const question = (kind: "name" | "email", asked: string, required: boolean): Question[] =>
    asked === "no" && !required
      ? []
      : [{ key: kind, kind, label: t(kind), help: "", options: [], required, when: "", is: [] }]
  return [
    ...question("name", asks.name, asks.name === "required"),
    ...question("email", asks.email, emailNeeded || asks.email === "required"),
  ]
}

/** The fields of questions, with which of them are asked and what is wrong with the answers. */
export class Form {
  readonly element = h("div", { className: "fields" })
  private readonly boxes = new Map<string, HTMLElement>()

  constructor(
    private readonly questions: Question[],
    given: Answers = {},
  ) {
    for (const question of questions) {
      const box = field(question, given[question.key])
      this.boxes.set(question.key, box)
      this.element.append(box)
    }
    this.element.addEventListener("input", () => this.ask())
    this.ask()
  }

  get answers(): Answers {
    const asked = this.questions.filter((question) => !this.boxes.get(question.key)!.hidden)
    const answers = asked.map((question) => [question.key, this.answer(question)] as const)
    return Object.fromEntries(
      answers.filter(([, answer]) => answer !== "" && answer !== false && String(answer) !== ""),
    )
  }

  /** Whether all is as it should be; else each wrong field says why, and the first has the focus. */
  check(): boolean {
    const answers = this.answers
    const wrong: Record<string, string> = {}
    for (const question of this.questions) {
      if (this.boxes.get(question.key)!.hidden) continue
      const problem = problemOf(question, answers[question.key])
      if (problem) wrong[question.key] = problem
    }
    return this.complain(wrong)
  }

  complain(wrong: Record<string, string>): boolean {
    let first: Field | null = null
    for (const [key, box] of this.boxes) {
      const said = box.querySelector<HTMLElement>(".wrong")!
      said.textContent = wrong[key] ?? ""
      for (const field of box.querySelectorAll<Field>("input, select, textarea")) {
        field.setAttribute("aria-invalid", String(!!wrong[key]))
        if (wrong[key]) first ??= field
      }
    }
    first?.focus()
    return !first
  }

  /** A question whose deciding one was answered otherwise, or is not asked itself, is not asked. */
  private ask(): void {
    for (const question of this.questions) {
      const above = this.questions.find((other) => other.key === question.when)
      if (!above) continue
      const answer = this.answer(above)
      const given = answer === true ? ["yes"] : Array.isArray(answer) ? answer : [String(answer)]
      const isAsked = !this.boxes.get(above.key)!.hidden && given.some((each) => question.is.includes(each))
      this.boxes.get(question.key)!.hidden = !isAsked
    }
  }

  private answer(question: Question): string | boolean | string[] {
    const fields = [...this.boxes.get(question.key)!.querySelectorAll<Field>("input, select, textarea")]
    const ticked = fields.filter((field) => field instanceof HTMLInputElement && field.checked)
    if (question.kind === "tick") return ticked.length > 0
    if (question.kind === "several") return ticked.map((field) => field.value)
    return fields[0]?.value.trim() ?? ""
  }
}

function problemOf(question: Question, answer: Answers[string] | undefined): string {
  const isEmpty = answer === undefined || answer === "" || answer === false || String(answer) === ""
  if (isEmpty) return question.required ? t("asked.empty") : ""
  if (question.kind === "email" && !EMAIL.test(String(answer))) return t("asked.email")
  return ""
}

const TYPES: Partial<Record<Question["kind"], string>> = { email: "email", date: "date" }
const FILLS: Partial<Record<Question["kind"], string>> = { email: "email", name: "name" }

function field(question: Question, given: Answers[string] | undefined): HTMLElement {
  const id = `q-${question.key}`
  const notes = `${id}-wrong`
  const shared = { id, required: question.required, "aria-describedby": notes }
  const optional = question.required ? null : h("small", {}, ` ${t("asked.optional")}`)
  const help = question.help ? h("small", { className: "help" }, question.help) : null
  const wrong = h("p", { className: "wrong", id: notes })
  const label = h("label", { htmlFor: id, dir: "auto" }, question.label, optional)
  if (question.kind === "tick") {
    const box = h("input", { ...shared, type: "checkbox", checked: given === true })
    return h("div", { className: "field tick" }, h("label", { dir: "auto" }, box, question.label), help, wrong)
  }
  if (question.kind === "several")
    return h("fieldset", { className: "field" }, ...several(question, given, notes), help, wrong)
  if (question.kind === "choice") {
    const none = h("option", { value: "" }, t("asked.choose"))
    const options = question.options.map(([value, text]) => h("option", { value, selected: value === given }, text))
    return h("div", { className: "field" }, label, h("select", shared, none, ...options), help, wrong)
  }
  const value = typeof given === "string" ? given : ""
  const input =
    question.kind === "long"
      ? h("textarea", { ...shared, rows: 3, value, dir: "auto" })
      : h("input", {
          ...shared,
          value,
          type: TYPES[question.kind] ?? "text",
          autocomplete: FILLS[question.kind] ?? "off",
          inputMode: question.kind === "number" ? "decimal" : undefined,
          dir: question.kind === "email" ? "ltr" : "auto",
        })
  return h("div", { className: "field" }, label, input, help, wrong)
}

function several(question: Question, given: Answers[string] | undefined, notes: string): Node[] {
  const chosen = Array.isArray(given) ? given : []
  const boxes = question.options.map(([value, text]) => {
    const box = h("input", { type: "checkbox", value, checked: chosen.includes(value), "aria-describedby": notes })
    return h("label", { dir: "auto" }, box, text)
  })
  return [h("legend", { dir: "auto" }, question.label), ...boxes]
}
