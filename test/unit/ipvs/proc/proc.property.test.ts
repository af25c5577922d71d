import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { NetlinkError } from '../../../../src/errors.ts'
import { parseConnectionEntry } from '../../../../src/ipvs/proc/connection-entry.ts'
import { parseTotals } from '../../../../src/ipvs/proc/proc.ts'

/** Runs a property this many times. */
function check<T>(cases: number, arbitrary: fc.Arbitrary<T>, body: (value: T) => void): void {
  fc.assert(fc.property(arbitrary, body), { numRuns: cases })
}

describe('text that is not a table of /proc:', () => {
  const LINE = 'UDP C6336463 13C4 C0000201 13C4 C633640A 13C4 UDP             299 sip abc@198.51.100.99'
  const STATS = '  2A 1F4 190 1E240 C350\n\n Conns/s Pkts/s\n 1 A 8 4D2 3E8\n'
  /** A text with a few characters replaced, and truncated. */
  const changed = (text: string) =>
    fc
      .tuple(
        fc.array(fc.tuple(fc.nat(text.length - 1), fc.string({ maxLength: 3 })), { maxLength: 4 }),
        fc.nat(text.length),
      )
      .map(([changes, length]) => {
        const characters = [...text]
        for (const [at, replacement] of changes) characters[at] = replacement
        return characters.join('').slice(0, Math.max(length, text.length >> 1))
      })

  it('a line is an entry or is ignored (10,000 cases)', () => {
    check(10_000, fc.oneof(changed(LINE), changed(LINE), fc.string({ maxLength: 90 })), (line) => {
      const entry = parseConnectionEntry(line)
      if (entry === undefined) return
      const { client, virtual, destination, expires } = entry
      for (const { address, port } of [client, virtual, destination]) {
        if (isIP(address) === 0 || !(port >= 0 && port <= 65535)) throw new Error(line)
      }
      if (!Number.isFinite(expires)) throw new Error(line)
    })
  }, 60_000)

  it('totals are ten numbers or malformed (5,000 cases)', () => {
    check(5000, fc.oneof(changed(STATS), changed(STATS), fc.string({ maxLength: 90 })), (text) => {
      try {
        if (!Object.values(parseTotals(text)).every(Number.isFinite)) throw new Error(text)
      } catch (error) {
        if (!(error instanceof NetlinkError) || error.code !== 'ERR_LVS_MALFORMED') throw error
      }
    })
  }, 60_000)
})
