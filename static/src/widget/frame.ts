/* The panel's script: reads what the server has put into the page, and waits for the page it stands on. */
import { byId } from "./dom"
import { host } from "./host"
import { type Config, Panel } from "./panel"
import { speak } from "./words"

const config: Config = JSON.parse(byId("ot-chat").textContent ?? "{}")
speak(config.words, config.buttons)

let panel: Panel | undefined
const page = host((message) => {
  if (message.t === "init") panel ??= new Panel(config, page, message)
  else panel?.hears(message)
})
