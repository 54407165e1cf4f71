/*
 * The script that stands in a host's page: <script src="https://desk.example/widget.js" data-key="…" async></script>
 * It draws a round button in a closed shadow root, and one frame when somebody goes for it. The conversation itself
 * lives in the frame, on our own origin. The one global is `Onethread`; no cookies, no markup and no style of the
 * host's are touched.
 */
import { api, type Api, type Commands } from "./loader-api"
import { MARK, marked, type ToFrame, type Told, type ToLoader } from "./bridge"
import { draw, type Look } from "./loader-look"
import { storage } from "./loader-store"

const START_AT_LATEST = 1_500 // milliseconds that a busy page may keep us waiting

/** key → language → look: the server writes it here, so that the button needs no further request */
const LOOKS = "__LOOKS__" as unknown as Record<string, Record<string, Look["config"]>>
const script =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>('script[src*="/widget.js"]')
const queue = (window as { Onethread?: Partial<Api> }).Onethread
if (script && !queue?.isHere) begin(script)

function begin(script: HTMLScriptElement): void {
  const base = new URL(script.src).origin
  const key = script.dataset["key"] ?? ""
  const language = (script.dataset["language"] || document.documentElement.lang || navigator.language).toLowerCase()
  const store = storage(`onethread:${key}`)
  const told: Told = { page: pageNow(), attributes: {}, identity: null, consent: false }
  const began = performance.now()
  let look: Look | undefined
  let frame: HTMLIFrameElement | undefined
  let isReady = false
  let isOpen = false
  let isOver = false
  const waiting: ToFrame[] = []
  const stop = new AbortController()

  const post = (message: ToFrame): void => {
    if (isReady) frame?.contentWindow?.postMessage({ [MARK]: 1, ...message }, base)
    else if (message.t === "goal") waiting.push(message)
  }
  const tell = (): void => {
    if (isReady) post({ t: "told", ...told })
    else load("idle")
  }

  /** The frame comes when somebody goes for it, or when it has something to do unasked. */
  function load(why: "wanted" | "idle"): void {
    if (frame || !look || isOver) return
    if (why === "idle" && !mayWatch() && !store.get().isLive) return
    const query = new URLSearchParams({ key: look.config.key, language, host: location.origin })
    const theme = script.dataset["theme"]
    if (theme) query.set("theme", theme)
    frame = look.frame(`${base}/widget/frame/?${query.toString()}`)
  }

  const mayWatch = (): boolean => !!look?.config.isWatching && (told.consent || !look.config.asksConsent)

  function show(wanted: boolean): void {
    if (isOver || isOpen === wanted || (wanted && isLocked())) return
    isOpen = wanted
    if (!look) return // it opens as soon as it is drawn
    if (wanted) load("wanted")
    look.show(wanted)
    post({ t: "shown", isShown: wanted })
    commands.happened(wanted ? "open" : "close")
  }

  const isLocked = (): boolean => !!look?.config.needsIdentity && !told.identity

  const commands: Commands = api({
    open: () => show(true),
    close: () => show(false),
    identify(identity) {
      told.identity = identity ?? null
      if (!identity) store.set({})
      look?.lock(isLocked())
      if (isLocked()) show(false)
      tell()
    },
    setAttributes(attributes) {
      Object.assign(told.attributes, attributes)
      tell()
    },
    consent(given) {
      told.consent = given !== false
      tell()
    },
    goal: (name, value) => post({ t: "goal", name, value }),
    shutdown() {
      isOver = true
      store.set({})
      stop.abort()
      look?.remove()
      delete (window as { Onethread?: unknown }).Onethread
    },
  })
  commands.take(queue?.q)

  function heard(message: ToLoader): void {
    if (message.t === "ready") {
      isReady = true
      const secondsHere = Math.round((performance.now() - began) / 1000)
      post({ t: "init", kept: store.get(), isShown: isOpen, secondsHere, ...told })
      waiting.splice(0).forEach(post)
    } else if (message.t === "keep") store.set(message.kept)
    else if (message.t === "unread") {
      look?.badge(message.count)
      commands.happened("unread", message.count)
    } else if (message.t === "close") show(false)
    else if (message.t === "peek") look?.peek(message.text, message.name)
    else commands.happened(message.name, message.detail)
  }

  const options = { signal: stop.signal }
  addEventListener(
    "message",
    (event) => {
      if (event.origin !== base || !frame || event.source !== frame.contentWindow) return
      if (marked(event.data)) heard(event.data as unknown as ToLoader)
    },
    options,
  )
  const moved = (): void => {
    const page = pageNow()
    if (page.url === told.page.url) return
    told.page = page
    if (isReady) tell()
  }
  for (const name of ["popstate", "hashchange"]) addEventListener(name, moved, options)
  ;(window as { navigation?: EventTarget }).navigation?.addEventListener("navigatesuccess", moved, options)

  function put(config: Look["config"]): void {
    if (isOver) return
    look = draw(config, {
      toggle: () => show(!isOpen),
      wanted: () => load("wanted"),
      peeked(isAccepted) {
        post({ t: "peeked", isAccepted })
        if (isAccepted) show(true)
      },
    })
    look.lock(isLocked())
    commands.happened("ready")
    if (isOpen) {
      isOpen = false
      show(true)
    } else load("idle")
  }

  /** What the script brought along does not know on which site it is. */
  async function confirm(): Promise<void> {
    const query = new URLSearchParams({ key, language })
    try {
      const answer = await fetch(`${base}/widget/config/?${query.toString()}`, { credentials: "omit" })
      const config = await answer.json()
      if (!answer.ok) throw new Error(config.reason)
      if (!look) put(config)
    } catch (error) {
      if (!frame) look?.remove()
      console.warn("Onethread chat:", error instanceof Error ? error.message : error)
    }
  }

  void calm().then(() => {
    const known = brought(key, language)
    if (known) put(known)
    return confirm()
  })
}

/** The look that came with the script, where it did. */
function brought(key: string, language: string): Look["config"] | undefined {
  const looks = (key ? LOOKS[key] : Object.values(LOOKS)[0]) ?? {}
  return looks[language] ?? looks[language.split("-")[0]!] ?? Object.values(looks)[0]
}

/** When the page has been read and has nothing better to do. */
function calm(): Promise<unknown> {
  const read =
    document.readyState === "loading"
      ? new Promise((done) => addEventListener("DOMContentLoaded", done, { once: true }))
      : Promise.resolve()
  return read.then(
    () =>
      new Promise((done) =>
        "requestIdleCallback" in window ? requestIdleCallback(done, { timeout: START_AT_LATEST }) : setTimeout(done, 1),
      ),
  )
}

function pageNow(): { url: string; title: string } {
  return { url: location.href, title: document.title }
}
