import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NetlinkError } from '../../../../src/errors.ts'
import { WireWriter } from '../../../../src/netlink/wire/wire.ts'
import type { Network } from '../../../../src/route/network.ts'
import type { Reply } from '../../../support/netlink/answers.ts'
import {
  addressReply,
  type FakeNetwork,
  linkReply,
  neighbourReply,
  open,
  routeReply,
} from '../../../support/route/fake-network.ts'

/** Each method with a valid reply. */
const QUESTIONS: readonly {
  readonly name: string
  readonly ask: (network: Network) => Promise<unknown>
  readonly right: Reply
}[] = [
  {
    name: 'links()',
    ask: (network) => network.links(),
    right: linkReply({ index: 2, name: 'eth0', address: '02:00:00:00:00:01', master: 2 }),
  },
  {
    name: 'findLink()',
    ask: (network) => network.findLink('eth0'),
    right: linkReply({ index: 2, name: 'eth0', address: '02:00:00:00:00:01' }),
  },
  {
    name: 'addresses()',
    ask: (network) => network.addresses(),
    right: addressReply({ family: 2, index: 1 }, { address: '192.0.2.1', local: '192.0.2.1', label: 'lo:0' }),
  },
  {
    name: 'routes()',
    ask: (network) => network.routes({ table: 'all' }),
    right: routeReply(
      { family: 10, destinationLength: 64 },
      { destination: '2001:db8::', outputInterface: 2 },
    ),
  },
  {
    name: 'routeTo()',
    ask: (network) => network.routeTo('192.0.2.1'),
    right: routeReply(
      { family: 2, destinationLength: 32 },
      { destination: '192.0.2.1', gateway: '192.0.2.254', outputInterface: 2 },
    ),
  },
  {
    name: 'neighbours()',
    ask: (network) => network.neighbours(),
    right: neighbourReply(
      { family: 2, index: 2 },
      { address: '192.0.2.1', linkAddress: '02:00:00:00:00:01' },
    ),
  },
]

function bytesOf({ body }: Reply): Buffer {
  const writer = new WireWriter()
  body(writer)
  return Buffer.from(writer.bytes.slice(0, writer.length))
}

/** Replies to the next request with these bytes, to all others correctly. Returns the outcome. */
async function ask(
  { network, kernel }: { readonly network: Network; readonly kernel: FakeNetwork },
  question: (typeof QUESTIONS)[number],
  bytes: Uint8Array,
): Promise<'a value' | 'malformed'> {
  const { answer } = kernel
  kernel.answer = () => {
    kernel.answer = answer
    return { replies: [{ ...question.right, body: (writer) => void writer.append(bytes) }] }
  }
  try {
    await question.ask(network)
    return 'a value'
  } catch (error) {
    expect(error).toBeInstanceOf(NetlinkError)
    expect(error).toMatchObject({ code: 'ERR_LVS_MALFORMED' })
    return 'malformed'
  }
}

describe.each(QUESTIONS)('a reply to $name', { timeout: 60_000 }, (question) => {
  it('that is valid resolves to a value', async () => {
    expect(await ask(await open(), question, bytesOf(question.right))).toBe('a value')
  })

  it('truncated anywhere resolves to a value or is malformed', async () => {
    const client = await open()
    const bytes = bytesOf(question.right)
    const seen = new Set<string>()
    for (let length = 0; length < bytes.length; length++) {
      seen.add(await ask(client, question, bytes.subarray(0, length)))
    }
    expect(seen).toContain('malformed')
  })

  it('with up to four random bytes resolves to a value or is malformed (500 cases)', async () => {
    const client = await open()
    const bytes = bytesOf(question.right)
    const change = fc.record({
      at: fc.nat({ max: bytes.length - 1 }),
      byte: fc.integer({ min: 0, max: 255 }),
    })
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const changed = Buffer.from(bytes)
        for (const { at, byte } of changes) changed[at] = byte
        seen.add(await ask(client, question, changed))
      }),
      { numRuns: 500 },
    )
    expect([...seen].sort()).toEqual(['a value', 'malformed'])
  })
})
