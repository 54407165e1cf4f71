/* The preload extension registers itself with the global htmx, which therefore has to be there before. */
import "htmx.org"
import "htmx.org/dist/ext/hx-preload.js"
