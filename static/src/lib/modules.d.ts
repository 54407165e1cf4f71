declare module "htmx.org/dist/ext/hx-preload.js"

/* the text of a style sheet, for a script that adopts it (build.mjs) */
declare module "*/loader.css" {
  const text: string
  export default text
}
