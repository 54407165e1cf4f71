/*
 * Every sentence the scripts can show. The server renders the translated ones as
 * <script type="application/json" id="ot-strings">{key: text}</script>; a key it leaves out falls back to the English
 * here. `{name}` is filled in; keys that count something come as `…_one` and `…_other`, chosen by the page's language.
 */
export const english = {
  "attachment.blocked": "{name}: files of this type ({type}) are not accepted.",
  "attachment.failed": "{name} could not be uploaded: {reason}",
  "attachment.remove": "Remove {name}",
  "attachment.too_big": "{name} is {size}. A file may have at most {limit}.",
  "attachment.uploading": "Uploading {name}",
  "attachment.wait": "Wait until all files are uploaded, or remove them.",
  "bell.open": "Open",
  "bulk.all_selected": "All are selected",
  "bulk.change_one": "Change {count} ticket",
  "bulk.change_other": "Change {count} tickets",
  "bulk.jobs": "Bulk edits",
  "bulk.nothing": "Choose at least one change.",
  "bulk.page_one": "{count} ticket on this page is selected.",
  "bulk.page_other": "{count} tickets on this page are selected.",
  "bulk.selected_one": "{count} selected",
  "bulk.selected_other": "{count} selected",
  "bulk.sure_one": "Change {count} ticket?",
  "bulk.sure_other": "Change {count} tickets?",
  "bulk.take_whole_one": "Select all {count} in this list",
  "bulk.take_whole_other": "Select all {count} in this list",
  close: "Close",
  "composer.arrived_one": "{count} new message arrived since you started writing.",
  "composer.arrived_other": "{count} new messages arrived since you started writing.",
  "composer.empty": "Write something first.",
  "composer.sending": "Sending…",
  "composer.show": "Show",
  "composer.try_again": "Try again",
  "draft.discarded": "Draft discarded. It stays under Earlier versions.",
  "draft.hidden": "This ticket was moved out of your sight. Your words are kept:",
  "draft.hidden_here": "This ticket is no longer there for you. Your words are kept on this device: copy them before you go.",
  "conditions.a_day": "a day…",
  "conditions.add": "Add condition",
  "conditions.add_group": "Add group",
  "conditions.add_value": "Add…",
  "conditions.all": "all of these",
  "conditions.any": "any of these",
  "conditions.days": "days",
  "conditions.field": "Field",
  "conditions.found": "Found",
  "conditions.gone": "{value} (no longer there)",
  "conditions.group": "Group of conditions",
  "conditions.hours": "hours",
  "conditions.label": "Conditions",
  "conditions.lookup": "Type a name",
  "conditions.match": "Match",
  "conditions.none": "none of these",
  "conditions.none_yet": "Every ticket. Add a condition to narrow it down.",
  "conditions.operator": "Comparison",
  "conditions.remove": "Remove condition",
  "conditions.remove_group": "Remove group",
  "conditions.remove_value": "Remove {value}",
  "conditions.tags_hint": "refund, vip",
  "conditions.today": "today",
  "conditions.tomorrow": "tomorrow",
  "conditions.value": "Value",
  "conditions.words_hint": "refund, money back",
  "conditions.yesterday": "yesterday",
  copied: "Link copied",
  "draft.keep_mine": "Keep mine",
  "draft.mine": "My drafts",
  "draft.newer": "This draft was changed on another device.",
  "draft.saved": "Draft saved",
  "draft.saved_here": "Draft saved on this device",
  "draft.saving": "Saving…",
  "draft.share": "Share draft with the team",
  "draft.shared": "Colleagues on this ticket can read this draft.",
  "draft.unshare": "Stop sharing",
  "draft.use_other": "Use the other",
  "error.forbidden": "You may not do this.",
  "error.gone": "This no longer exists, or you may no longer see it.",
  "error.moved_on": "The ticket has changed since you started writing.",
  "error.offline": "No connection. Nothing was lost: try again when you are online.",
  "error.rate": "Too many requests. Try again in {seconds} s.",
  "error.refused": "The server did not accept this.",
  "error.server": "The server could not do this. Nothing was lost: try again in a moment.",
  "error.reference": "Reference {reference}",
  "error.timeout": "The server did not answer in time. Try again: it will not be sent twice.",
  "error.too_big": "This is too large for the server.",
  "history.none": "There are no earlier versions yet.",
  "history.title": "Earlier versions",
  "history.use": "Use this version",
  "history.words": "What it said",
  "keys.close": "Close",
  "keys.general": "Everywhere",
  "keys.list": "List",
  "keys.next": "Next ticket",
  "keys.open": "Open the marked ticket",
  "keys.palette": "Search or jump to",
  "keys.previous": "Previous ticket",
  "keys.select": "Select the marked ticket",
  "keys.select_next": "Select and go on",
  "keys.send": "Send",
  "keys.send_pending": "Send and set to pending",
  "keys.send_solve": "Send and solve",
  "keys.sheet": "Keyboard shortcuts",
  "keys.single": "Single-key shortcuts",
  "keys.theme": "Light or dark",
  "keys.title": "Keyboard shortcuts",
  "keys.change": "Change keys",
  "keys.off": "off",
  "keys.waiting": "Next ticket that waits for an answer",
  "keys.writing": "Writing",
  "later.choose": "Choose a date and a time.",
  "link.address": "Address of the link",
  "link.apply": "Apply",
  "link.invalid": "Type an address such as https://example.com or name@example.com.",
  "link.remove": "Remove link",
  "list.new_one": "{count} new",
  "list.new_other": "{count} new",
  "list.next": "Next ticket",
  "list.none_waiting": "Nobody in this list waits for an answer.",
  "list.solved": "Solved.",
  "mention.found_one": "{count} name found",
  "mention.found_other": "{count} names found",
  "mention.menu": "People and teams",
  "mention.unseen_hint": "may not see this ticket",
  "mention.unseen_one": "{names} may not see this ticket and will not be told.",
  "mention.unseen_other": "{names} may not see this ticket and will not be told.",
  "news.edit": "Keep editing",
  "news.label": "What is new",
  "palette.close": "close",
  "palette.commands": "Commands",
  "palette.label": "Search or jump to",
  "palette.move": "move",
  "palette.new_tab": "new tab",
  "palette.none": "Nothing matches.",
  "palette.open_ticket": "Open ticket {number}",
  "palette.placeholder": "Type a command or a ticket number",
  "palette.run": "run",
  "palette.tickets": "Tickets",
  "pick.none": "No match",
  "presence.claimed": "{name} is writing a reply",
  "presence.noting_one": "{names} is writing a note",
  "presence.noting_other": "{names} are writing notes",
  "presence.replying_one": "{names} is writing a reply",
  "presence.replying_other": "{names} are writing replies",
  "presence.take": "Take over",
  "presence.taken": "{name} took over. Your words are kept.",
  "presence.viewing_one": "{names} is looking at this ticket",
  "presence.viewing_other": "{names} are looking at this ticket",
  "preview.close": "Close",
  "preview.cut": "Only the beginning is shown here. Download the file to read all of it.",
  "preview.download": "Download",
  "preview.failed": "This file could not be shown.",
  "preview.next": "Next file",
  "preview.no_pdf": "This browser shows no PDF files itself.",
  "preview.open": "Open in a new tab",
  "preview.place": "{at} of {all}",
  "preview.previous": "Previous file",
  "recipients.bcc": "Bcc",
  "recipients.cc": "Cc",
  "recipients.invalid": "“{address}” is no e-mail address.",
  "recipients.nobody": "nobody yet",
  "recipients.remove": "Remove {address}",
  "recipients.suggestions": "Suggestions",
  "recipients.to": "To",
  "recipients.too_many": "A message goes to at most {limit} people.",
  "send.anyway": "Send anyway",
  "send.show_new": "Show what is new",
  "session.expired": "You have been signed out",
  "session.expired_text": "Sign in again in a new tab, come back here and try again. Your words are kept.",
  "session.later": "Not now",
  "session.sign_in": "Sign in",
  "tags.add": "Add a tag",
  "tags.remove": "Remove tag {tag}",
  "time.hours": "{n}h",
  "time.minutes": "{n}m",
  "time.now": "now",
  "toast.dismiss": "Dismiss",
  "toast.undo": "Undo",
  "toast.undone": "Taken back",
  "toast.undo_failed": "It was too late to take this back.",
} as const

export type StringKey = keyof typeof english
type Counted = StringKey extends infer Key ? (Key extends `${infer Base}_other` ? Base : never) : never

let translated: Partial<Record<string, string>> | undefined

/** The text for `key` in the reader's language, with `{name}` filled from `values`. */
export function text(key: StringKey, values: Record<string, string | number> = {}): string {
  translated ??= readTranslations()
  return fill(translated[key] ?? english[key], values)
}

/** The text for `count` things, by the plural rule of the page's language. */
export function plural(key: Counted, count: number, values: Record<string, string | number> = {}): string {
  const rule = new Intl.PluralRules(language()).select(count)
  return text(`${key}_${rule === "one" ? "one" : "other"}` as StringKey, { count, ...values })
}

export function language(): string {
  return document.documentElement.lang || "en"
}

/** Forget the strings read from the page; the next call reads them anew. */
export function forgetTranslations(): void {
  translated = undefined
}

function readTranslations(): Partial<Record<string, string>> {
  const block = document.getElementById("ot-strings")
  return block ? (JSON.parse(block.textContent || "{}") as Record<string, string>) : {}
}

function fill(pattern: string, values: Record<string, string | number>): string {
  return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}
