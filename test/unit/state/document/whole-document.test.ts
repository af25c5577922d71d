import { describe, expect, it } from 'vitest'
import { formatRules, parseRules } from '../../../../src/dialect/index.ts'
import { formatKeepalived } from '../../../../src/dialect/keepalived/format-keepalived.ts'
import { parseKeepalived } from '../../../../src/dialect/keepalived/parse-keepalived.ts'
import { formatState } from '../../../../src/state/document/format-state.ts'
import { parseState } from '../../../../src/state/document/parse-state.ts'
import { markWhole } from '../../../../src/state/document/whole-document.ts'
import type { DesiredState } from '../../../../src/state/model/desired-state.ts'

const TABLE: DesiredState = {
  services: [
    {
      service: 'tcp://192.0.2.1:80',
      scheduler: 'wrr',
      destinations: [
        { address: '10.0.0.1', forwarding: 'dr', weight: 1 },
        { address: '10.0.0.2', forwarding: 'dr', weight: 12 },
      ],
    },
    {
      service: 'fwmark://7',
      scheduler: 'rr',
      destinations: [{ address: '10.0.0.9', forwarding: 'dr', weight: 100 }],
    },
  ],
  timeouts: { tcp: 900, tcpFin: 120, udp: 300 },
}

const FORMATS = {
  yaml: { format: (table) => formatState(table, 'yaml'), parse: parseState },
  json: { format: (table) => formatState(table, 'json'), parse: parseState },
  rules: { format: formatRules, parse: parseRules },
  keepalived: {
    format: formatKeepalived,
    parse: async (text) => (await parseKeepalived(text)).desired,
  },
} as const satisfies Record<
  string,
  { format: (table: DesiredState) => string; parse: (text: string) => DesiredState | Promise<DesiredState> }
>
const NAMES = Object.keys(FORMATS) as (keyof typeof FORMATS)[]

describe.each(NAMES)('a saved document (%s)', (name) => {
  const { format, parse } = FORMATS[name]
  const read = async (text: string) => await parse(text)
  const whole = markWhole(format(TABLE), name)

  it('is read like the same document without its first and last line', async () => {
    expect(await read(whole)).toEqual(await read(format(TABLE)))
  })

  it('is rejected wherever it was cut, unless only the last end of a line is missing', async () => {
    const all = await read(whole)
    for (let length = 1; length < whole.length - 1; length++) {
      await expect(read(whole.slice(0, length)), `cut after ${length}`).rejects.toMatchObject({
        code: 'ERR_LVS_DESIRED_STATE',
      })
    }
    expect(await read(whole.slice(0, -1))).toEqual(all)
  })

  it('may have Windows line ends', async () => {
    expect(await read(whole.replaceAll('\n', '\r\n'))).toEqual(await read(whole))
  })
})

it('a cut document says which line is missing', () => {
  expect(() => parseState(markWhole('services: []', 'yaml').slice(0, -10), 'lvs.yaml')).toThrow(
    'lvs.yaml:3:17: the document was cut off: a document that begins with the line "# Saved by lvs; the last line says that the document is whole." must have the line "# This document is whole." at its end; save it again',
  )
})

describe('a saved document of rules', () => {
  const part = (address: string) => markWhole(`-A -t ${address}:80 -s rr\n`, 'rules')

  it('may be joined with another, which must be whole too', () => {
    const joined = part('192.0.2.1') + part('192.0.2.2')
    expect(parseRules(joined).services).toHaveLength(2)
    expect(() => parseRules(part('192.0.2.1').replace(/ipvsadm ipvsadm\n$/, '') + part('192.0.2.2'))).toThrow(
      'the document was cut off',
    )
  })

  it('may have lines added at its end', () => {
    expect(parseRules(`${part('192.0.2.1')}-A -t 192.0.2.3:80\n`).services).toHaveLength(2)
  })
})
