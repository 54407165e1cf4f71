"""How mail programs introduce history and sign off, in more than twenty languages. Data only."""

from __future__ import annotations

import re
from typing import Final

# "On … Ada wrote:" The verb, wherever it stands; the line must also end in a colon and name a date or an address.
WROTE: Final = re.compile(
    r"\bwrote\b|\bwrites\b|\bschrieb\b|geschrieben\b|\ba écrit\b|\bescribió\b|\bha scritto\b|\bescreveu\b|\bschreef\b"
    r"|geschreven\b|\bskrev\b|\bkirjoitti\b|\bpisze\b|napisał|\bnapsala?\b|napsal\(a\)|\bnapísala?\b|napísal\(a\)"
    r"|\bírta\b|\ba scris\b|\byazdı\b|\bпишет\b|\bписал|написал|\bпише\b|написав|написа\b|\bέγραψε\b|napisao"
    r"|\bje napisal"
    r"|\bkirjutas\b|\brakstīja\b|\brašė\b|va escriure|idatzi du|\bđã viết\b|\bmenulis\b|เขียนว่า|kirjoitti|\bskreiv\b"
    r"|のメール|書きました|さんは書|님이 작성|작성:|写道|寫道|写了|كتب|כתב|מאת|نوشت|ने लिखा",
    re.IGNORECASE,
)

# First words of such a line where it is wrapped before its date.
OPENER: Final = re.compile(
    r"\s*(?:on|am|le|el|il|il giorno|em|no dia|op|den|dnia|w dniu|dne|dňa|pe|în|la data|στις|vào|pada|tarihinde|в|у"
    r"|בתאריך|في)\s",
    re.IGNORECASE,
)

_ORIGINAL: Final = (
    "original message|original mail|original email|reply message|reply to message|message original|message d'origine"
    "|message précédent|ursprüngliche nachricht|ursprüngliche mail|originalnachricht|original-nachricht"
    "|urspr. nachricht|antwort|mensaje original|mensaje original a|messaggio originale|messaggio original"
    "|mensagem original|oorspronkelijk bericht|oorspronkelijke bericht|originalmeddelande|ursprungligt meddelande"
    "|oprindelig meddelelse|oprindelig besked|opprinnelig melding|opprinnelig e-post|alkuperäinen viesti"
    "|wiadomość oryginalna|oryginalna wiadomość|původní zpráva|původní e-mail|pôvodná správa|eredeti üzenet"
    "|mesaj original|mesajul original|orijinal ileti|özgün ileti|orijinal mesaj|исходное сообщение"
    "|исходное письмо|оригинальное сообщение|первоначальное сообщение|початкове повідомлення|оригінальне повідомлення"
    "|αρχικό μήνυμα|元のメッセージ|オリジナルメッセージ|原始邮件|原邮件|原始郵件|原始訊息|邮件原件|回复邮件"
    "|원본 메시지|원본 메일"
    "|원본메시지|الرسالة الأصلية|رسالة أصلية|הודעה מקורית|thư gốc|pesan asli|pesan asal|ข้อความต้นฉบับ"
)
ORIGINAL_MESSAGE: Final = re.compile(
    rf"^[\s>]*[-_=*—–]{{2,}}\s*(?:{_ORIGINAL})\s*:?\s*[-_=*—–]{{0,}}\s*$", re.IGNORECASE
)

FORWARDED: Final = re.compile(
    r"^[\s>]*(?:[-_=*—–]{2,}\s*)?(?:begin forwarded message|forwarded message|forwarded by|start of forwarded message"
    r"|weitergeleitete nachricht|anfang der weitergeleiteten|message transféré|message transmis|début du message"
    r"|mensaje reenviado|inicio del mensaje reenviado|messaggio inoltrato|inizio messaggio inoltrato"
    r"|mensagem encaminhada|mensagem reencaminhada|início da mensagem|doorgestuurd bericht|begin doorgestuurd bericht"
    r"|vidarebefordrat|videresendt|välitetty viesti|przekazana wiadomość|wiadomość przekazana|přeposlaná zpráva"
    r"|preposlaná správa|továbbított üzenet|mesaj redirecționat|iletilen ileti|yönlendirilmiş|пересылаемое сообщение"
    r"|пересланное сообщение|переслане повідомлення|προωθημένο μήνυμα|転送メッセージ|轉寄|转发邮件|转发的邮件"
    r"|전달된 메시지"
    r"|رسالة معاد توجيهها|הודעה שהועברה|thư chuyển tiếp|pesan terusan)",
    re.IGNORECASE,
)
FORWARD_SUBJECT: Final = re.compile(
    r"^\s*(?:fwd?|fw|wg|weitergeleitet|tr|rv|i|enc|fs|vl|vb|pd|továbbítás|fwd|ilt|yönlendirme|пересл|转发|轉寄|転送"
    r"|전달|doorst)\s*[:：]",
    re.IGNORECASE,
)

# Labels of the header block that Outlook and others put above history, lower case, by kind.
LABELS: Final = {
    label: kind
    for kind, labels in {
        "from": "from|von|de|da|van|från|fra|lähettäjä|od|feladó|de la|kimden|от|від|από|差出人|发件人|寄件者|寄件人"
        "|보낸 사람"
        "|보낸사람|보낸 이|من|מאת|từ|dari|จาก|отправитель|expéditeur|remitente|mittente|absender|送信者|发信人",
        "sent": "sent|date|gesendet|datum|envoyé|fecha|enviado|enviado el|enviada em|enviada|data|inviato|verzonden"
        "|skickat|sendt|dato|lähetetty|päivämäärä|päiväys|wysłano|wysłane|odesláno|odoslané|elküldve|dátum|küldve"
        "|trimis|gönderildi|gönderme tarihi|tarih|отправлено|дата|надіслано|στάλθηκε|ημερομηνία|送信日時|日付|日時"
        "|发送时间|发送日期|日期|寄件日期|時間|보낸 날짜|날짜|تاريخ الإرسال|التاريخ|תאריך|נשלח|đã gửi|ngày|dikirim"
        "|tanggal"
        "|วันที่|sent on|gesendet am|date d'envoi|envoyé le",
        "to": "to|an|à|para|a|aan|till|til|vastaanottaja|do|komu|pro|címzett|către|kime|кому|προς|宛先|收件人|收件者"
        "|받는 사람|받는사람|إلى|אל|đến|kepada|ถึง|destinataire|destinatario|empfänger",
        "subject": "subject|betreff|objet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|tárgy"
        "|subiect|konu|тема|θέμα|件名|主题|主旨|標題|제목|الموضوع|נושא|chủ đề|tiêu đề|subjek|perihal|เรื่อง",
        "cc": "cc|kopie|copie|copia|kopi|kopia|dw|kopio|másolat|bilgi|копия|копія|κοιν|抄送|副本|참조|نسخة|עותק",
    }.items()
    for label in labels.split("|")
}

REPLY_ABOVE: Final = re.compile(r"reply above this line", re.IGNORECASE)

_DEVICE = (
    r"(?:iphone|ipad|ipod|android|galaxy|samsung|huawei|xiaomi|oneplus|pixel|blackberry|nokia|sony|windows|outlook"
    r"|yahoo|gmail|proton|aquamail|k-9|mail|mobile|handy|smartphone|telefon|phone|mobil|móvil|telefoon|tablet|apple"
    r"|web\.de|gmx)"
)
MOBILE_SIGNATURE: Final = re.compile(
    rf"^[\s*_]*(?:sent (?:from|via|with|using)\b.{{0,80}}|get outlook for .{{0,60}}|download outlook.{{0,60}}"
    rf"|(?:diese nachricht wurde )?(?:von|aus|mit) .{{0,60}}{_DEVICE}.{{0,60}}(?:gesendet|verschickt|gesandt).{{0,30}}"
    rf"|gesendet (?:von|mit|aus|über) .{{0,80}}|holen sie sich outlook .{{0,60}}"
    rf"|outlook für .{{0,40}} herunterladen.{{0,20}}"
    rf"|envoyé (?:de|depuis|à partir) .{{0,80}}|télécharg(?:er|ez) outlook .{{0,60}}|obtenez outlook .{{0,60}}"
    rf"|enviado (?:desde|do|a partir|de meu|pelo) .{{0,80}}|obtener outlook .{{0,60}}|obter o outlook .{{0,60}}"
    rf"|inviato da(?:l|lla)? .{{0,80}}|scarica outlook .{{0,60}}|ottieni outlook .{{0,60}}"
    rf"|verstuurd vanaf .{{0,80}}|verzonden (?:vanaf|met|via) .{{0,80}}|outlook voor .{{0,40}} downloaden.{{0,20}}"
    rf"|skickat från .{{0,80}}|hämta outlook .{{0,60}}|sendt fra .{{0,80}}|hent outlook .{{0,60}}|få outlook .{{0,60}}"
    rf"|lähetetty .{{0,40}}{_DEVICE}.{{0,40}}|wysłan[eo] z .{{0,80}}|pobierz outlook .{{0,60}}"
    rf"|odesláno z .{{0,80}}|odoslané z .{{0,80}}|.{{0,40}}{_DEVICE}.{{0,20}}küldve.{{0,20}}|trimis de pe .{{0,80}}"
    rf"|.{{0,40}}{_DEVICE}.{{0,30}}gönderildi.{{0,20}}|отправлено (?:с|из) .{{0,80}}|надіслано з .{{0,80}}"
    rf"|στάλθηκε από .{{0,80}}|.{{0,30}}{_DEVICE}.{{0,10}}から送信.{{0,20}}|发自我的.{{0,60}}|發自我的.{{0,60}}"
    rf"|.{{0,10}}从我的.{{0,40}}发送"
    rf"|나의 .{{0,40}}에서 보냄|.{{0,40}}에서 보냈습니다.{{0,10}}|أُ?رسلت من .{{0,80}}|مرسل من .{{0,80}}"
    rf"|נשלח מה.{{0,80}}"
    rf"|được gửi từ .{{0,80}}|dikirim dari .{{0,80}})\s*$",
    re.IGNORECASE,
)
