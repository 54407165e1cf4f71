/* Who we are and how we are: faces, whether somebody is there, who talks with whom, and the few things one may do. */
import { type Conversation, isLive } from "./conversation"
import { byId, button, h, icon } from "./dom"
import { minutes, t } from "./words"

interface Look {
  faces: { name: string; initials: string; hue: number }[]
  replyMinutes: number | null
}

interface Actions {
  isLoud(): boolean
  loud(isLoud: boolean): void
  end(): void
  person(): void
  close(): void
}

export class Header {
  private state: Conversation | undefined
  private face = ""

  constructor(
    private readonly look: Look,
    private readonly act: Actions,
  ) {
    byId("close").onclick = () => act.close()
    byId("menu").addEventListener("beforetoggle", () => this.menu())
  }

  draw(state: Conversation): void {
    this.state = state
    const chat = isLive(state) ? state.chat : null
    say("status", this.status(state))
    say("net", state.net === "on" || state.net === "connecting" ? "" : t(`net.${state.net}`))
    document.body.dataset["net"] = state.net
    const typing = byId("typing")
    if (!!state.typing !== typing.classList.contains("on")) {
      typing.classList.toggle("on", !!state.typing)
      typing.replaceChildren(...(state.typing ? [dots(), t("typing", { name: state.typing.name })] : []))
    }
    const agent = chat?.agent
    const face = agent ? agent.name : chat?.state === "bot" ? "bot" : ""
    if (face === this.face) return
    this.face = face
    const faces = agent ? [agent] : this.look.faces
    const drawn = faces.map((one) => h("i", { className: `hue-${one.hue}` }, one.initials))
    byId("faces").replaceChildren(...(face === "bot" ? [h("i", {}, icon("spark"))] : drawn))
  }

  private status(state: Conversation): string {
    const chat = isLive(state) ? state.chat : null
    if (chat?.agent) return t("joined", { name: chat.agent.name })
    if (chat?.state === "bot") return t("bot_is")
    if (chat?.state === "waiting") return t("queue.asked")
    if (state.isKnown && !state.isOnline) return t("online.not")
    if (this.look.replyMinutes) return t("reply_time", { time: minutes(this.look.replyMinutes * 60) })
    return t("online")
  }

  private menu(): void {
    const menu = byId("menu")
    const close = (act: () => void) => () => {
      menu.hidePopover()
      act()
    }
    const isLoud = this.act.isLoud()
    const items = [
      button(
        t(isLoud ? "mute" : "sound"),
        close(() => this.act.loud(!isLoud)),
      ),
    ]
    const { state } = this
    if (state?.chat?.state === "bot")
      items.unshift(
        button(
          t("people"),
          close(() => this.act.person()),
        ),
      )
    if (state && isLive(state)) {
      const end = button(t("end"), () => {
        const yes = button(
          t("end.yes"),
          close(() => this.act.end()),
          "danger",
        )
        menu.replaceChildren(
          h("p", {}, t("end.sure")),
          yes,
          button(t("end.no"), () => menu.hidePopover()),
        )
        yes.focus()
      })
      items.push(end)
    }
    menu.replaceChildren(...items)
  }
}

const dots = (): HTMLElement => h("i", { className: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"))

/** Only when it has changed: what is set again is read aloud again. */
function say(id: string, text: string): void {
  const place = byId(id)
  if (place.textContent !== text) place.textContent = text
}
