declare module "htmx.org/dist/ext/hx-preload.js"
