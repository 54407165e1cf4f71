"""Words by which machines give themselves away, in the languages our customers' programs speak."""

from __future__ import annotations

import re

# Subjects of out-of-office and other automatic answers; matched at the start, after "Re:" and the like.
OUT_OF_OFFICE = re.compile(
    r"^\W*(?:(?:re|aw|sv|vs|antw|odp|ynt|r|rif|res|回复|回覆|答复|返信)\s*[:：]\s*)*\W*(?:"
    r"out[ -]of[ -](?:the[ -])?office|automatic (?:reply|response)|auto(?:matic)?[ -]?(?:reply|response|answer)"
    r"|autoreply|autoresponder|(?:i am|i'm) (?:away|on (?:vacation|holiday|leave))|on (?:vacation|annual leave"
    r"|holiday)\b"
    r"|away from (?:my|the) (?:mail|office|desk)|vacation (?:reply|response|message)"  # English
    r"|automatische antwort|abwesenheits?(?:notiz|benachrichtigung|meldung|agent|assistent)|abwesend\b|nicht im büro"
    r"|außer haus|autom\. antwort|ich bin (?:im urlaub|nicht im büro)"  # German
    r"|réponse automatique|reponse automatique|absence du bureau|absent(?:e)? du bureau|message d'absence"
    r"|notification d'absence"  # French
    r"|respuesta automática|respuesta automatica|fuera de (?:la )?oficina|ausente de la oficina"  # Spanish
    r"|risposta automatica|fuori (?:sede|ufficio)|assenza dall'ufficio|assente dall'ufficio"  # Italian
    r"|resposta automática|resposta automatica|fora do escrit[óo]rio|ausência temporária"
    r"|ausente do escrit"  # Portuguese
    r"|automatisch antwoord|automatische reactie|afwezig(?:heid)?\b|niet aanwezig"  # Dutch
    r"|autosvar|automatiskt svar|frånvaro|ej på kontoret"  # Swedish
    r"|automatisk svar|fraværende|fravær\b|ikke på kontoret|ikke til stede"  # Danish, Norwegian
    r"|automaattinen vastaus|poissaoloilmoitus|poissa\b"  # Finnish
    r"|odpowiedź automatyczna|automatyczna odpowiedź|autoodpowiedź|poza biurem|nieobecno[śs]"  # Polish
    r"|automatick[áa] odpov[ěe][ďd]|mimo kancel[áa][řr]|nepřítomnost"  # Czech, Slovak
    r"|automatikus válasz|házon kívül|nem vagyok az irodában"  # Hungarian
    r"|răspuns automat|raspuns automat|absent din birou|în afara biroului"  # Romanian
    r"|otomatik yanıt|ofis dışında|işyeri dışında"  # Turkish
    r"|автоматический ответ|автоответ|нет на месте|вне офиса|отсутствую"  # Russian
    r"|автоматична відповідь|автовідповідь|поза офісом"  # Ukrainian
    r"|αυτόματη απάντηση|εκτός γραφείου"  # Greek
    r"|自動返信|自動応答|不在通知|不在のお知らせ|外出中"  # Japanese
    r"|自动回复|自动答复|自動回覆|外出通知|不在办公室|休假"  # Chinese
    r"|자동 ?회신|자동 ?응답|부재 ?중"  # Korean
    r"|رد تلقائي|الرد التلقائي|خارج المكتب"  # Arabic
    r"|תשובה אוטומטית|מענה אוטומטי|מחוץ למשרד"  # Hebrew
    r"|trả lời tự động|balasan otomatis|ตอบกลับอัตโนมัติ"  # Vietnamese, Indonesian, Thai
    r")",
    re.IGNORECASE,
)

FAILURE_SUBJECT = re.compile(
    r"undeliver(?:able|ed)|delivery (?:status notification|failure|has failed|failed|report|incomplete|problem|error)"
    r"|mail delivery (?:failed|failure|system|subsystem|error)|returned mail|failure notice|mail (?:system )?error"
    r"|(?:message|mail|email) (?:could )?not (?:be )?delivered|delivery notification|returned to sender|undelivered"
    r"|delivery status|unzustellbar|nicht zustellbar|fehler bei der (?:nachrichten)?zustellung"
    r"|zustellung fehlgeschlagen"
    r"|non remis|non délivré|échec (?:de la )?remise|notification d'échec|no (?:se ha )?podido entregar|no entregado"
    r"|mancato recapito|impossibile recapitare|não (?:foi )?entregue|falha na entrega|onbestelbaar|niet bezorgd"
    r"|kunde inte levereras|olevererbart|kunne ikke leveres|niedostarczon|nedoručiteln|kézbesíthetetlen"
    r"|не доставлен|недоставлен|невозможно доставить|配信不能|配達不能|送信エラー|退信|无法投递|未送达|投递失败"
    r"|전송 실패|배달 실패",
    re.IGNORECASE,
)

FAILURE_PHRASE = re.compile(
    r"(?:could|can)\s?not be delivered|couldn't be delivered|wasn't able to deliver|unable to deliver|was not delivered"
    r"|permanent(?:ly)? (?:fatal )?(?:error|failure|failed)|undeliverable|recipient address rejected|user unknown"
    r"|mailbox (?:unavailable|not found|full|is full)|no such user|delivery (?:to the following|has) failed"
    r"|following address(?:es)? failed|did not reach|address (?:not found|couldn't be found)|over (?:its )?quota"
    r"|does not exist|relaying denied|konnte nicht zugestellt|n'a pas (?:pu être|été) (?:remis|distribué)"
    r"|no se pudo entregar|non è stato possibile recapitare",
    re.IGNORECASE,
)

DELAY_PHRASE = re.compile(
    r"delivery (?:delayed|status notification \(delay\))|\bdelayed\b|warning: (?:message|could not send)|still trying"
    r"|delivery incomplete|not yet been delivered|will be retried|verzögert|retardé|retrasad|задержан",
    re.IGNORECASE,
)

DAEMON_ADDRESS = re.compile(
    r"(?:mailer[-_.]?daemon|mail[-_.]?daemon|postmaster|mail-delivery|maildelivery|bounces?|mdaemon"
    r"|microsoftexchange[0-9a-f]*|mailerdaemon|mail[-_]?system|delivery[-_]?failure)(?:[+=-][^@]*)?@",
    re.IGNORECASE,
)
DAEMON_NAME = re.compile(
    r"mail delivery (?:system|subsystem)|mailer[- ]daemon|postmaster|microsoft outlook|mail administrator"
    r"|internet mail delivery|system administrator",
    re.IGNORECASE,
)

# Local parts that nobody reads (email.md M4).
NOT_A_PERSON = re.compile(
    r"(?:(?:do|d[eo])?[-_.]?no[-_.]?t?[-_.]?(?:reply|respond|answer)\w*|donotreply|noreply\w*|no[-_.]?reply\w*"
    r"|mailer[-_.]?daemon|postmaster|bounces?|auto[-_.]?(?:reply|mail|responder)|nepasrepondre|ne-pas-repondre"
    r"|noresponder"
    r"|keine[-_]?antwort)(?:[+=-][^@]*)?@|[^@]*-(?:request|bounces?|owner)@|owner-[^@]*@",
    re.IGNORECASE,
)
