/* The script of every signed-in page: htmx and the custom elements. The composer and its editor load when first needed. */
import "./lib/htmx"
import "./elements/ot-bell"
import "./elements/ot-bulk"
import "./elements/ot-disclose"
import "./elements/ot-divider"
import "./elements/ot-filter"
import "./elements/ot-keys"
import "./elements/ot-list"
import "./elements/ot-live"
import "./elements/ot-mail-frame"
import "./elements/ot-menu"
import "./elements/ot-palette"
import "./elements/ot-pick"
import "./elements/ot-presence"
import "./elements/ot-preview"
import "./elements/ot-tags"
import "./elements/ot-theme"
import "./elements/ot-toast"
import { keepFolds } from "./lib/folds"
import { loadWhenNeeded, loadWhenSelecting } from "./lib/lazy"
import { showTips } from "./lib/tips"
import { keepAges, updateAges } from "./live/ages"
import { keepCalls } from "./live/calls"
import { keepChats } from "./live/chats"
import { keepCountdowns } from "./live/countdowns"
import { showOpenings } from "./live/opening"
import { keepAtEnd } from "./live/scroll-end"

if (document.querySelector("ot-guide")) void import("./elements/ot-guide")
updateAges()
keepAges()
keepCountdowns()
keepChats()
keepCalls()
keepAtEnd()
showOpenings()
showTips()
keepFolds()
loadWhenSelecting("#redact", async () => (await import("./redacting")).followSelections())
loadWhenSelecting("[data-share]", async () => (await import("./sharing")).followShares())
loadWhenNeeded("ot-composer", () => import("./elements/ot-composer"), true)
loadWhenNeeded("ot-actions", () => import("./elements/ot-actions"))
loadWhenNeeded("ot-conditions", () => import("./elements/ot-conditions"))
loadWhenNeeded("ot-body", () => import("./elements/ot-body"))
loadWhenNeeded("ot-article", () => import("./elements/ot-article"))
loadWhenNeeded("ot-words", () => import("./elements/ot-words"))
loadWhenNeeded("ot-order", () => import("./elements/ot-order"))
loadWhenNeeded("ot-week", () => import("./elements/ot-week"))
loadWhenNeeded("ot-results", () => import("./elements/ot-results"))
loadWhenNeeded("ot-chat-look", () => import("./elements/ot-chat-look"))
loadWhenNeeded("ot-ask", () => import("./elements/ot-ask"))
loadWhenNeeded("ot-call", () => import("./calls/ot-call"))
loadWhenNeeded("ot-chats", () => import("./chat/ot-chats"))
loadWhenNeeded("ot-wallboard", () => import("./wall/ot-wallboard"))
loadWhenNeeded("ot-chart", () => import("./charts/ot-chart"))
loadWhenNeeded("ot-push", () => import("./elements/ot-push"))
loadWhenNeeded("ot-keep", async () => (await import("./elements/ot-keep")).forgetSent())

const signOut = document.querySelector<HTMLFormElement>("form[data-sign-out]")
if (signOut) void import("./composer/sign-out").then(({ guardSignOut }) => guardSignOut(signOut))
