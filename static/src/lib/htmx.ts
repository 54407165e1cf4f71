/*
 * htmx as this product uses it. Form errors (422) and conflicts (409) come back as the fragment that says so and are
 * swapped in; any other failure leaves the page as it is and becomes a toast, because htmx 4 would swap error pages in.
 */
import htmx from "htmx.org"
import "./preload"
import { announce } from "./dom"
import { csrfToken, isSignIn, renewToken, wordsOf } from "./http"
import { showSignIn } from "./sign-in"
import { isSaidInPlace } from "../live/opening"
import { text, type StringKey } from "../strings"

const SWAPPED = [409, 422]

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (ctx.request.method.toUpperCase() === "GET") return
  ctx.request.headers["X-CSRFToken"] = csrfToken()
  if (ctx.request.body instanceof FormData) renewToken(ctx.request.body)
})

document.addEventListener("htmx:before:response", (event) => {
  const response = event.detail.ctx.response?.raw
  if (!response || !isSignIn(response)) return
  event.preventDefault()
  showSignIn()
})

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const response = ctx.response?.raw
  if (!response || SWAPPED.includes(response.status)) return
  ctx.swap = "none"
  if (isSaidInPlace(ctx)) return
  const said = response.status < 500 ? response.headers.get("X-Reason") || wordsOf(ctx.text ?? "") : ""
  announce("ot:toast", { text: said || text(reason(response.status)), tone: "red" })
})

document.addEventListener("htmx:error", ({ detail: { ctx, error } }) => {
  if (ctx && isSaidInPlace(ctx)) return
  if (ctx && ctx.response === undefined) announce("ot:toast", { text: text("error.offline"), tone: "red" })
  else console.error(error)
})

function reason(status: number): StringKey {
  if (status === 403) return "error.forbidden"
  if (status === 404 || status === 410) return "error.gone"
  if (status === 413) return "error.too_big"
  if (status === 429) return "error.too_often"
  if (status === 503) return "error.maintenance"
  return status >= 500 ? "error.server" : "error.refused"
}

export default htmx
