/*
 * Chats offered to this person, on whatever page is open: each with its time running out, to be accepted (Alt A) or
 * left to the next colleague. Loaded once there is one. What is offered is asked of the server, which alone decides.
 */
import { announce, closest, h } from "../lib/dom"
import { refreshFragment } from "../live/fragments"
import { shortly } from "../live/countdowns"
import { act } from "./acts"
import { altKey } from "./chat-keys"
import { tellOf } from "./notices"

const EVERY = 250

let timer: ReturnType<typeof setInterval> | undefined
const told = new Set<string>()

/** Fetch what is offered; the place for it is made the first time. */
export function showOffers(sheet: string): void {
  if (!document.getElementById("chat-offers")) begin(sheet)
  refreshFragment("chat-offers")
}

function begin(sheet: string): void {
  if (sheet && !document.querySelector(`link[href="${sheet}"]`))
    document.head.append(h("link", { rel: "stylesheet", href: sheet }))
  const place = h("section.choffers", { id: "chat-offers", "data-live-src": "/agent/chats/offers/" })
  document.body.append(place)
  document.addEventListener("submit", (event) => submitted(event))
  document.addEventListener("keydown", (event) => pressed(event), { capture: true })
  document.addEventListener("ot:refreshed", (event) => {
    if ((event as CustomEvent<{ id: string }>).detail.id === "chat-offers") drawn()
  })
  document.addEventListener("ot:chat-accepted", (event) => {
    // Elsewhere than in the console the console is where it goes on.
    const { chat } = (event as CustomEvent<{ chat: number }>).detail
    if (!document.querySelector("ot-chats")) location.assign(`/agent/chats/?open=${chat}`)
  })
}

function submitted(event: SubmitEvent): void {
  const form = closest<HTMLFormElement>(event, "#chat-offers form")
  if (!form) return
  event.preventDefault()
  void act(form, event.submitter).then(() => refreshFragment("chat-offers"))
}

function pressed(event: KeyboardEvent): void {
  if (altKey(event) !== "KeyA") return
  const accept = document.querySelector<HTMLElement>("#chat-offers .choffer .primary")
  if (!accept) return
  event.preventDefault()
  event.stopPropagation()
  accept.click()
}

function drawn(): void {
  const offers = [...document.querySelectorAll<HTMLElement>(".choffer")]
  for (const offer of offers) {
    const { offer: id = "" } = offer.dataset
    if (told.has(id)) continue
    told.add(id)
    const who = offer.querySelector("b")?.textContent ?? ""
    tellOf(who, offer.querySelector(".said")?.textContent ?? "", `offer-${id}`)
    announce("ot:chat-offered", { chat: Number(offer.dataset["chat"]) })
  }
  clearInterval(timer)
  if (offers.length) timer = setInterval(tick, EVERY)
  tick()
}

function tick(now = Date.now()): void {
  for (const offer of document.querySelectorAll<HTMLElement>(".choffer")) {
    const until = Date.parse(offer.dataset["until"] ?? "")
    const all = until - Date.parse(offer.dataset["since"] ?? "")
    const left = Math.max(0, until - now)
    offer.querySelector("progress")!.value = all ? (left / all) * 100 : 0
    offer.querySelector(".left")!.textContent = shortly(left / 1000)
    if (!left && !offer.hidden) {
      offer.hidden = true
      refreshFragment("chat-offers")
    }
  }
}
