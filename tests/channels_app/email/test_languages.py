"""History is recognised in the words of many languages and programs; a person's own words are not mistaken for it."""

import pytest

from channels_app.adapters.email.machine_words import OUT_OF_OFFICE
from channels_app.adapters.email.reply_text import split_reply, split_text

ATTRIBUTIONS = [
    "On Thu, Mar 12, 2026 at 10:14 AM Demo Support <support@demo.test> wrote:",
    "On 12 Mar 2026, at 10:14, Demo Support <support@demo.test> wrote:",
    "On 12/03/2026 10:14, Demo Support wrote:",
    "Am Do., 12. März 2026 um 10:14 Uhr schrieb Demo Support <support@demo.test>:",
    "Am 12.03.26 um 10:14 schrieb Demo Support:",
    "Demo Support <support@demo.test> schrieb am Do., 12. März 2026, 10:14:",
    "Le jeu. 12 mars 2026 à 10:14, Demo Support <support@demo.test> a écrit :",
    "El jue, 12 mar 2026 a las 10:14, Demo Support (<support@demo.test>) escribió:",
    "Il giorno gio 12 mar 2026 alle ore 10:14 Demo Support <support@demo.test> ha scritto:",
    "Em qui., 12 de mar. de 2026 às 10:14, Demo Support <support@demo.test> escreveu:",
    "Op do 12 mrt 2026 om 10:14 schreef Demo Support <support@demo.test>:",
    "Den tors 12 mars 2026 kl 10:14 skrev Demo Support <support@demo.test>:",
    "Den tor. 12. mar. 2026 kl. 10.14 skrev Demo Support <support@demo.test>:",
    "tor. 12. mars 2026 kl. 10:14 skrev Demo Support <support@demo.test>:",
    "to 12. maalisk. 2026 klo 10.14 Demo Support (support@demo.test) kirjoitti:",
    "czw., 12 mar 2026 o 10:14 Demo Support <support@demo.test> napisał(a):",
    "W dniu 12.03.2026 o 10:14, Demo Support pisze:",
    "čt 12. 3. 2026 v 10:14 odesílatel Demo Support <support@demo.test> napsal:",
    "Dne 12. 03. 26 v 10:14 Demo Support napsal(a):",
    "št 12. 3. 2026 o 10:14 Demo Support <support@demo.test> napísal(a):",
    "Demo Support <support@demo.test> ezt írta (időpont: 2026. márc. 12., Cs, 10:14):",
    "În joi, 12 mar. 2026 la 10:14, Demo Support <support@demo.test> a scris:",
    "Demo Support <support@demo.test>, 12 Mar 2026 Per, 10:14 tarihinde şunu yazdı:",
    "чт, 12 мар. 2026 г. в 10:14, Demo Support <support@demo.test>:",
    "12.03.2026 10:14, Demo Support пишет:",
    "чт, 12 бер. 2026 р. о 10:14 Demo Support <support@demo.test> пише:",
    "Στις Πέμ 12 Μαρ 2026 στις 10:14 π.μ., ο/η Demo Support <support@demo.test> έγραψε:",
    "2026年3月12日(木) 10:14 Demo Support <support@demo.test>:",
    "Demo Support <support@demo.test> 于2026年3月12日周四 10:14写道：",
    "Demo Support <support@demo.test> 於 2026年3月12日 週四 上午10:14寫道：",
    "2026년 3월 12일 (목) 오전 10:14, Demo Support <support@demo.test>님이 작성:",
    "في الخميس، 12 مارس 2026 في 10:14 ص تمت كتابة ما يلي بواسطة Demo Support <support@demo.test>:",
    "בתאריך יום ה׳, 12 במרץ 2026 ב-10:14 מאת Demo Support <support@demo.test>:",
    "Vào Th 5, 12 thg 3, 2026 vào lúc 10:14 Demo Support <support@demo.test> đã viết:",
    "Pada tanggal Kam, 12 Mar 2026 pukul 10.14 Demo Support <support@demo.test> menulis:",
    "ในวันที่ พฤ. 12 มี.ค. 2026 เวลา 10:14 Demo Support <support@demo.test> เขียนว่า:",
]

HEADER_BLOCKS = [
    ("From", "Sent", "To", "Subject"),
    ("Von", "Gesendet", "An", "Betreff"),
    ("De", "Envoyé", "À", "Objet"),
    ("De", "Enviado el", "Para", "Asunto"),
    ("Da", "Inviato", "A", "Oggetto"),
    ("De", "Enviada em", "Para", "Assunto"),
    ("Van", "Verzonden", "Aan", "Onderwerp"),
    ("Från", "Skickat", "Till", "Ämne"),
    ("Fra", "Sendt", "Til", "Emne"),
    ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    ("Od", "Wysłano", "Do", "Temat"),
    ("Od", "Odesláno", "Komu", "Předmět"),
    ("Od", "Odoslané", "Komu", "Predmet"),
    ("Feladó", "Elküldve", "Címzett", "Tárgy"),
    ("De la", "Trimis", "Către", "Subiect"),
    ("Kimden", "Gönderildi", "Kime", "Konu"),
    ("От", "Отправлено", "Кому", "Тема"),
    ("Від", "Надіслано", "Кому", "Тема"),
    ("Από", "Στάλθηκε", "Προς", "Θέμα"),
    ("差出人", "送信日時", "宛先", "件名"),
    ("发件人", "发送时间", "收件人", "主题"),
    ("寄件者", "寄件日期", "收件者", "主旨"),
    ("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
    ("من", "تاريخ الإرسال", "إلى", "الموضوع"),
    ("מאת", "נשלח", "אל", "נושא"),
]

OUT_OF_OFFICE_SUBJECTS = [
    "Out of Office: Order", "Automatic reply: Order", "Auto-Reply: Order", "I am on vacation", "Re: Out of the office",
    "Automatische Antwort: Bestellung", "Abwesenheitsnotiz", "Réponse automatique : Commande", "Absence du bureau",
    "Respuesta automática: Pedido", "Fuera de la oficina", "Risposta automatica: Ordine", "Fuori sede",
    "Resposta automática: x",
    "Automatisch antwoord: x", "Afwezig", "Autosvar: x", "Automatiskt svar: x", "Automatisk svar: x",
    "Automaattinen vastaus: x",
    "Odpowiedź automatyczna: x", "Automatická odpověď: x", "Automatikus válasz: x", "Răspuns automat: x",
    "Otomatik Yanıt: x",
    "Автоматический ответ: x", "Автоответ", "Автоматична відповідь: x", "Αυτόματη απάντηση: x", "自動返信: 注文",
    "自动回复: 订单",
    "자동 회신: 주문", "رد تلقائي: الطلب", "תשובה אוטומטית: x", "Trả lời tự động: x",
]  # fmt: skip

SIGN_OFFS = [
    "Sent from my iPhone", "Sent from Yahoo Mail for iPhone", "Get Outlook for Android",
    "Sent with Proton Mail secure email.",
    "Sent from Mail for Windows", "Von meinem iPhone gesendet", "Von meinem Samsung Galaxy Smartphone gesendet.",
    "Gesendet von Mail für Windows", "Holen Sie sich Outlook für iOS",
    "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
    "Envoyé de mon iPhone", "Télécharger Outlook pour iOS", "Enviado desde mi iPhone", "Obtener Outlook para Android",
    "Inviato da iPhone", "Enviado do meu iPhone", "Verstuurd vanaf mijn iPhone", "Skickat från min iPhone",
    "Sendt fra min iPhone",
    "Lähetetty iPhonesta", "Wysłano z iPhone'a", "Odesláno z iPhonu", "Trimis de pe iPhone", "iPhone'umdan gönderildi",
    "Отправлено с iPhone", "Надіслано з iPhone", "Στάλθηκε από το iPhone μου", "iPhoneから送信", "发自我的iPhone",
    "나의 iPhone에서 보냄",
    "أرسلت من iPhone الخاص بي", "נשלח מה-iPhone שלי",
]  # fmt: skip

OWN_WORDS = [
    "My colleague wrote: please call back.\nSo please do.",
    "On 12 March I wrote you a letter about order 4711.\nNo answer yet.",
    "My list:\n- a cable\n- a plug",
    "Meeting at 10:30 on 12.03.2026:\nPlease confirm.",
    "Subject: this is how I write\nand nothing else",
    "Name: Ada\nOrder: 4711\nProblem: broken",
    "-- \nonly a signature",
    "> quoted only",
    "5 > 3 and a -- b --\nstill mine",
    "I sent from my iPhone an order, and nothing came.",
    "Please fix:\n--\nitem one\n--\nitem two",
    "From: Ada\nEmail: ada@example.com\nSubject: Help\n\nMessage: it broke",
    "From the start it was broken.\nTo me it seems a bug.",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("quote", ["> Hello\n> there", "Hello\nthere"], ids=["marked", "bare"])
def test_an_attribution_begins_history(attribution: str, quote: str) -> None:
    assert split_text(f"My new words.\n\n{attribution}\n\n{quote}") == ("My new words.", f"{attribution}\n\n{quote}")


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_attribution_may_be_wrapped(attribution: str) -> None:
    words = attribution.split(" ")
    half = len(words) * 2 // 3
    wrapped = " ".join(words[:half]) + "\n" + " ".join(words[half:])
    assert split_text(f"Thank you!\n{wrapped}\n> Hello")[0] == "Thank you!"


@pytest.mark.parametrize("labels", HEADER_BLOCKS, ids=lambda labels: labels[3])
@pytest.mark.parametrize("mark", ["", "*"], ids=["plain", "bold"])
def test_a_header_block_begins_history(labels: tuple[str, ...], mark: str) -> None:
    values = ("Demo Support <support@demo.test>", "12.03.2026 10:14", "Ada", "Order")
    block = "\n".join(f"{mark}{label}:{mark} {value}" for label, value in zip(labels, values, strict=True))
    assert split_text(f"My new words.\n\n{block}\n\nold words") == ("My new words.", f"{block}\n\nold words")


@pytest.mark.parametrize("subject", OUT_OF_OFFICE_SUBJECTS)
def test_out_of_office_subjects(subject: str) -> None:
    assert OUT_OF_OFFICE.match(subject)


@pytest.mark.parametrize(
    "subject", ["Office chairs", "My automatic reply does not work", "Urlaubsantrag", "Order 4711"]
)
def test_subjects_of_people(subject: str) -> None:
    assert not OUT_OF_OFFICE.match(subject)


@pytest.mark.parametrize("line", SIGN_OFFS)
def test_a_phone_signs_off(line: str) -> None:
    assert split_text(f"My new words.\n\n{line}\n") == ("My new words.", line)


@pytest.mark.parametrize("text", OWN_WORDS)
def test_own_words_stay(text: str) -> None:
    assert split_text(text) == (text, "")


def test_answers_between_quotes_keep_everything() -> None:
    text = "On 12/03/2026 10:14, Demo wrote:\n> Which colour?\nBlue.\n> Which size?\nLarge."
    assert split_text(text) == (text, "")


def test_an_answer_below_the_quote_stands_alone() -> None:
    text = "On 12/03/2026 10:14, Demo wrote:\n> Which colour?\n> Tell us.\n\nBlue.\n-- \nAda"
    assert split_text(text)[0] == "Blue."


def test_a_disclaimer_below_the_quote_is_no_answer() -> None:
    text = "Yes.\n\nOn 12/03/2026 10:14, Demo wrote:\n> old\n\nThis e-mail is confidential and may be privileged."
    assert split_text(text)[0] == "Yes."


def test_yahoo_quotes_on_the_line_of_the_attribution() -> None:
    text = (
        "New.\n\nSent from Yahoo Mail on Android\n \n  On Thu, 12 Mar 2026 at 10:14, D<s@demo.test> wrote:   old\nolder"
    )
    assert split_text(text)[0] == "New."


def test_a_picture_alone_is_an_answer() -> None:
    history = "<blockquote type=cite>On 12/03/2026 10:14, Demo &lt;s@demo.test&gt; wrote:<br>old</blockquote>"
    reply = split_reply("", f'<div><img src="cid:x"></div>{history}', has_text_part=False)
    assert (reply.text, reply.html) == ("[image]", '<div><img src="cid:x"></div>')
    assert "old" in reply.quoted_text


def test_a_torn_quoted_line_is_still_quoted() -> None:
    text = f"Fine.\n\n> {'long words ' * 7}that were\nwrapped\n> and go on"
    assert split_text(text)[0] == "Fine."


def test_our_own_marker_cuts_whatever_stands_above_it() -> None:
    for marker in ("## Please reply above this line ##", "> — Reply above this line —"):
        text = f"Done.\n\nOn Thu, 12 Mar 2026 10:14\nDemo <support@demo.test> wrote:\n\n{marker}\nold"
        assert split_text(text)[0] == "Done."
