import { expect, test } from "vitest"
import table from "../../../tests/payloads/twilio/segments.json"
import { segmentsOf } from "./segments"

test.each(table)("$what", ({ text, encoding, count, units, left, costly }) => {
  expect(segmentsOf(text)).toEqual({ encoding, count, units, left, costly })
})
