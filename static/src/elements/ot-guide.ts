/*
 * <ot-guide> on the style guide: buttons with `data-show` bring up what only scripts can, as the product does it. Loaded
 * on that page alone.
 */
import { announce, closest, define } from "../lib/dom"
import { showSignIn } from "../lib/sign-in"
import { text } from "../strings"

const SHOWN: Record<string, () => void> = {
  undo: () => announce("ot:toast", { text: "Reply sent", undo: "/styleguide/", seconds: 8 }),
  failed: () => announce("ot:toast", { text: text("error.server"), tone: "red" }),
  often: () => announce("ot:toast", { text: text("error.too_often"), tone: "red" }),
  maintenance: () => announce("ot:toast", { text: text("error.maintenance"), tone: "red" }),
  session: () => showSignIn(() => undefined),
  offline: () => document.querySelector("ot-live .offline")?.toggleAttribute("hidden"),
  print: () => print(),
}

class OtGuide extends HTMLElement {
  connectedCallback(): void {
    this.onclick = (event) => SHOWN[closest(event, "[data-show]")?.dataset["show"] ?? ""]?.()
  }
}

define("ot-guide", OtGuide)
