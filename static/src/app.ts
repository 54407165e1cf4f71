/* The script of every signed-in page: htmx and the custom elements. Editor and palette load when they are first needed. */
import "htmx.org/dist/htmx.esm.js"
