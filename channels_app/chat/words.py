"""Every sentence that the panel of a chat can show, in the language of its buttons (static/src/widget/words.ts).

`{name}` and its like are filled in by the script.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "again": _("Try again"),
    "answer_by": _("We answer by {time}."),
    "articles": _("This may help"),
    "asked.empty": _("Please fill this in."),
    "asked.email": _("This does not look like an e-mail address."),
    "assistant": _("Assistant"),
    "bot_is": _("You are talking to an assistant, not to a person."),
    "end": _("End the chat"),
    "end.sure": _("End this chat?"),
    "end.yes": _("Yes, end it"),
    "end.no": _("No, go on"),
    "event.ended_agent": _("{name} has ended the chat"),
    "event.ended_silence": _("The chat ended because it was quiet for a while"),
    "event.ended_visitor": _("You have ended the chat"),
    "event.ended_bot": _("The chat is over"),
    "event.ended_nobody": _("The chat is over"),
    "event.held": _("{name} looks into something and will be back"),
    "event.joined": _("{name} has joined the chat"),
    "event.missed": _(
        "Nobody could answer in time. Your message is not lost: we answer by e-mail if we have an address."
    ),
    "event.taken_over": _("{name} has joined the chat"),
    "event.transferred": _("You are being passed on to a colleague"),
    "event.transferred_to": _("You are being passed on to {name}"),
    "event.went_to_email": _("This conversation goes on by e-mail"),
    "file.download": _("Download {name}"),
    "file.failed": _("{name} could not be sent: {reason}"),
    "file.open": _("Open {name}"),
    "file.remove": _("Remove {name}"),
    "file.sending": _("{name}, {percent} % sent"),
    "file.too_big": _("{name} is too large: at most {limit}."),
    "file.wait": _("Wait until your files are sent, or remove them."),
    "helped": _("This solved it"),
    "hold": _("{name} will be back in about {time}."),
    "hold.over": _("{name} should be back any moment."),
    "joined": _("You are talking to {name}."),
    "mute": _("Turn the sound off"),
    "net.blocked": _("This chat is closed."),
    "net.off": _("Reconnecting…"),
    "net.offline": _("You are offline. What you write is sent when you are back."),
    "net.busy": _("One moment, we check that you are a person…"),
    "off.back": _("We are back {time}."),
    "off.sent": _("Thank you. Your message has arrived, and we answer to {email}."),
    "online": _("We are here"),
    "online.not": _("We are away right now"),
    "people": _("Talk to a person"),
    "queue.first": _("You are next."),
    "queue.position": _("You are number {position} in the queue."),
    "queue.wait": _("It will take about {time}."),
    "queue.asked": _("We look for somebody for you."),
    "rate.thanks": _("Thank you for telling us."),
    "refused.files": _("This file was not accepted."),
    "refused.unknown": _("This did not work. Try again in a moment."),
    "reply_time": _("We usually reply within {time}."),
    "seen": _("Seen"),
    "seconds": _("less than a minute"),
    "sent": _("Sent"),
    "sending": _("Waits to be sent"),
    "sound": _("Turn the sound on"),
    "transcript.sent": _("The conversation is on its way to {email}."),
    "typing": _("{name} is writing"),
    "you": _("You"),
}


def sentences() -> dict[str, str]:
    """In the active language."""
    return {key: str(sentence) for key, sentence in SENTENCES.items()}


# Those that people use most: whoever wants another one has it on their keyboard.
EMOJI = (
    "😀 😃 😄 😁 😅 😂 🙂 😉 😊 😍 😘 😎 🤔 😐 🙄 😴 😕 🙁 😢 😭 😡 😱 🤯 🥳 👍 👎 👌 👏 🙏 💪 👋 🤝 "
    "❤️ 💔 ✨ 🔥 🎉 🎁 ☀️ 🌧️ 🌱 🌸 🍀 ☕ 🍰 🐦 🐶 🐱 🏠 🚚 📦 📷 📅 💡 🔧 🔑 💶 ✅ ❌ ❓"
).split()
