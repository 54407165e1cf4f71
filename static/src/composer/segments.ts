/* How many SMS a text takes, counted while it is written. channels_app/adapters/sms/segments.py counts the same, and says
   why; one table tests both: tests/payloads/twilio/segments.json. */

const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
)
const EXTENDED = new Set("\f^{}\\[~]|€")

export type Segments = { encoding: "GSM-7" | "UCS-2"; count: number; units: number; left: number; costly: string }

/** `costly` is the first character that needs two bytes, and with it all the others. */
export function segmentsOf(text: string): Segments {
  const letters = [...text.replaceAll("\r\n", "\n")]
  const costly = letters.find((one) => !BASIC.has(one) && !EXTENDED.has(one)) ?? ""
  const encoding = costly ? "UCS-2" : "GSM-7"
  const sizes = letters.map((one) => (costly ? one.length : EXTENDED.has(one) ? 2 : 1))
  const units = sizes.reduce((sum, size) => sum + size, 0)
  const alone = costly ? 70 : 160
  if (units <= alone) return { encoding, count: units ? 1 : 0, units, left: alone - units, costly }
  const joined = costly ? 67 : 153
  let count = 1
  let used = 0
  for (const size of sizes) {
    if (used + size > joined) {
      count += 1
      used = 0
    }
    used += size
  }
  return { encoding, count, units, left: joined - used, costly }
}
