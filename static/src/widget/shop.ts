/* The shop of /widget/demo/: what a site with the chat on it does, and a list of what it told the chat. */

interface Good {
  name: string
  price: number
  many: number
}

type Chat = (name: string, ...given: unknown[]) => unknown

const basket = new Map<string, Good>()
const euros = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR" })
const all = <E extends HTMLElement>(selector: string): E[] => [...document.querySelectorAll<E>(selector)]
const total = (): number => [...basket.values()].reduce((sum, good) => sum + good.price * good.many, 0)

/** As a site does it: what is called before the loader is there waits in a queue. */
const chat: Chat = (name, ...given) => {
  const known = window as { Onethread?: Chat & { q?: unknown[][] } }
  const waiting = (...call: [string, ...unknown[]]): void => void (known.Onethread!.q ??= []).push(call)
  known.Onethread ??= Object.assign(waiting as Chat, {})
  note(`${name}(${given.map((one) => JSON.stringify(one)).join(", ")})`)
  return known.Onethread(name, ...given)
}

function note(text: string): void {
  const line = document.createElement("li")
  line.textContent = text
  document.getElementById("calls")?.append(line)
}

/** Whoever chats sees at once what the visitor has in their basket. */
function tell(): void {
  const items = [...basket.values()].map((good) => `${good.many} × ${good.name}`).join(", ")
  chat("setAttributes", { basket: Math.round(total() * 100) / 100, items })
}

function draw(): void {
  document.getElementById("count")!.textContent = String([...basket.values()].reduce((sum, good) => sum + good.many, 0))
  for (const place of all("[data-total]")) place.textContent = euros.format(total())
  document.body.classList.toggle("has-goods", basket.size > 0)
  document.getElementById("rows")!.replaceChildren(...[...basket].map(([sku, good]) => row(sku, good)))
  const lines = [...basket.values()].map((good) => {
    const line = document.createElement("li")
    line.textContent = `${good.many} × ${good.name}`
    return line
  })
  document.getElementById("bought")!.replaceChildren(...lines)
}

function row(sku: string, good: Good): Node {
  const line = document.importNode(document.querySelector<HTMLTemplateElement>("#row")!.content, true)
  line.querySelector(".name")!.textContent = good.name
  line.querySelector(".many")!.textContent = `${good.many} ×`
  line.querySelector(".price")!.textContent = euros.format(good.price * good.many)
  line.querySelector<HTMLButtonElement>("[data-remove]")!.onclick = () => {
    basket.delete(sku)
    changed()
  }
  return line
}

function changed(): void {
  sessionStorage.setItem("basket", JSON.stringify([...basket]))
  draw()
  tell()
}

function show(step: string, isMove: boolean): void {
  for (const view of all("[data-view]")) view.hidden = view.dataset["view"] !== step
  if (isMove) {
    document.querySelector<HTMLElement>("[data-view]:not([hidden]) h1")?.focus()
    scrollTo(0, 0)
  }
}

const stepNow = (): string => {
  const step = new URLSearchParams(location.search).get("step") ?? ""
  return all("[data-view]").some((view) => view.dataset["view"] === step) ? step : ""
}

document.addEventListener("click", (event) => {
  const target = event.target as HTMLElement
  const link = target.closest<HTMLAnchorElement>("[data-step]")
  if (link && !event.metaKey && !event.ctrlKey) {
    event.preventDefault()
    const step = link.dataset["step"] ?? ""
    history.pushState(null, "", step ? `?step=${step}` : location.pathname)
    show(step, true)
  }
  if (target.closest("[data-add]")) {
    const { sku = "", name = "", price = "0" } = target.closest<HTMLElement>("[data-sku]")!.dataset
    basket.set(sku, { name, price: Number(price), many: (basket.get(sku)?.many ?? 0) + 1 })
    changed()
  }
  const call = target.closest<HTMLElement>("[data-call]")?.dataset["call"]
  if (call) chat(call)
})

document.getElementById("order")!.addEventListener("submit", (event) => {
  event.preventDefault()
  chat("goal", "purchase", total())
  basket.clear()
  changed()
  history.pushState(null, "", "?step=thanks")
  show("thanks", true)
})
addEventListener("popstate", () => show(stepNow(), true))

for (const [sku, good] of JSON.parse(sessionStorage.getItem("basket") ?? "[]") as [string, Good][])
  basket.set(sku, good)
draw()
show(stepNow(), false)
if (basket.size) tell()

export {} // names of its own, beside those of other scripts
