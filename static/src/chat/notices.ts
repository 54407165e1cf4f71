/* How this browser tells of chats: by a short tone, and by messages on the desktop while its window is in the back. */
import { announce, closest } from "../lib/dom"
import { readLocal, writeLocal } from "../lib/storage"
import { word } from "./words"

const KEY = "ot.chat.notices"
const APART = 1_500

export interface Notices {
  sound: boolean
  desktop: boolean
}

let rangAt = -APART
let audio: AudioContext | undefined

export function notices(): Notices {
  const kept = readLocal<Partial<Notices>>(KEY) ?? {}
  return { sound: kept.sound ?? true, desktop: (kept.desktop ?? false) && granted() }
}

/** The menu's items `[data-notice]` in `place` say and change how this browser tells. */
export function letChoose(place: HTMLElement, signal: AbortSignal): void {
  const show = (now: Notices) => {
    for (const item of place.querySelectorAll<HTMLElement>("[data-notice]"))
      item.setAttribute("aria-checked", String(now[item.dataset["notice"] as keyof Notices]))
  }
  const choose = async (event: Event) => {
    const item = closest(event, "[data-notice]")
    if (!item) return
    const name = item.dataset["notice"] as keyof Notices
    const now = await setNotice(name, item.getAttribute("aria-checked") !== "true")
    show(now)
    if (name === "desktop" && !now.desktop && Notification.permission === "denied")
      announce("ot:toast", { text: word("denied"), tone: "amber" })
  }
  show(notices())
  place.addEventListener("click", (event) => void choose(event), { signal })
}

/** Returns what holds from now on: a browser may refuse messages on the desktop. */
async function setNotice(name: keyof Notices, on: boolean): Promise<Notices> {
  if (name === "desktop" && on && "Notification" in globalThis && Notification.permission === "default")
    await Notification.requestPermission()
  writeLocal(KEY, { ...notices(), [name]: on })
  return notices()
}

/** `tag` names what it is about: a second message about it takes the place of the first. */
export function tellOf(title: string, body: string, tag: string): void {
  inOnePage(tag, () => {
    const wanted = notices()
    if (wanted.sound) ring()
    if (wanted.desktop && document.hidden) show(title, body, tag)
  })
}

/** Somebody with five tabs hears one tone. Without https there is nothing to agree by, and each page tells. */
function inOnePage(tag: string, tell: () => void): void {
  if (!navigator.locks) return tell()
  void navigator.locks.request(`ot.told.${tag}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return
    tell()
    await new Promise((done) => setTimeout(done, APART))
  })
}

function show(title: string, body: string, tag: string): void {
  const message = new Notification(title, { body, tag })
  message.addEventListener("click", () => {
    focus()
    message.close()
  })
}

/** Two soft tones; many at once ring once. Browsers keep quiet until somebody has pressed something on the page. */
function ring(now = performance.now()): void {
  if (now - rangAt < APART || !("AudioContext" in globalThis)) return
  rangAt = now
  audio ??= new AudioContext()
  if (audio.state === "suspended") void audio.resume()
  for (const [place, pitch] of [660, 880].entries()) tone(audio, pitch, audio.currentTime + place * 0.12)
}

function tone(context: AudioContext, pitch: number, at: number): void {
  const source = context.createOscillator()
  const volume = context.createGain()
  source.frequency.value = pitch
  volume.gain.setValueAtTime(0.0001, at)
  volume.gain.exponentialRampToValueAtTime(0.12, at + 0.015)
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.22)
  source.connect(volume).connect(context.destination)
  source.start(at)
  source.stop(at + 0.24)
}

function granted(): boolean {
  return "Notification" in globalThis && Notification.permission === "granted"
}
