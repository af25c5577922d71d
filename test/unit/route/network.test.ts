import { tracingChannel } from 'node:diagnostics_channel'
import { afterEach, describe, expect, it } from 'vitest'
import type { CommandContext } from '../../../src/netlink/tracing.ts'
import { Network } from '../../../src/route/network.ts'
import { FakeNetwork, neighbourReply, open } from '../../support/route/fake-network.ts'

describe('opening', () => {
  it('opens one socket and sends nothing', async () => {
    const { kernel } = await open()
    expect(kernel.sockets).toHaveLength(1)
    expect(kernel.messages).toEqual([])
  })

  it.each([
    ['options', null],
    ['options.nets', { nets: '/run/netns/a' }],
    ['timeout', { timeout: 0 }],
    ['netns', { netns: '' }],
    ['transport', { transport: {} }],
  ])('refuses an invalid %s', async (field, options) => {
    await expect(Network.open(options as object)).rejects.toMatchObject({ field })
  })

  it('opens nothing if the signal is already aborted', async () => {
    const reason = new Error('enough')
    const transport = new FakeNetwork()
    await expect(Network.open({ transport, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(transport.sockets).toEqual([])
  })
})

describe('a client', () => {
  it('rejects calls once it is closed', async () => {
    const { network, kernel } = await open()
    {
      await using closing = network
      await closing.links()
    }
    expect(kernel.sockets[0]!.closed).toBe(true)
    await expect(network.links()).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED' })
    network.close()
  })

  it('counts the messages that it sends', async () => {
    const { network } = await open()
    await network.links()
    expect(network.activity).toMatchObject({ messages: 1, datagrams: 1 })
  })

  it('sends nothing for a call whose signal is already aborted', async () => {
    const { network, kernel } = await open()
    const reason = new Error('enough')
    await expect(network.links({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(kernel.messages).toEqual([])
  })

  it('shows the caller in the stack of an error', async () => {
    const { network, kernel } = await open()
    kernel.script.GETROUTE = () => ({ errno: 1 })
    const error = await network.routes().catch((reason: unknown) => reason)
    expect((error as Error).stack).toContain('network.test.ts')
  })
})

describe('neighbours', () => {
  it('have the name of their interface and their state', async () => {
    const { network, kernel } = await open()
    kernel.script.GETNEIGH = () => ({
      replies: [
        neighbourReply(
          { family: 2, index: 2, state: 2 },
          { address: '192.0.2.9', linkAddress: '02:00:00:00:00:09' },
        ),
        neighbourReply({ family: 2, index: 2, state: 0x20 }, { address: '192.0.2.8' }),
        neighbourReply({ family: 10, index: 1, state: 3, flags: 0x80 }, { address: 'fe80::9' }),
        neighbourReply({ family: 7, index: 2, state: 2 }, { linkAddress: '02:00:00:00:00:07' }),
        neighbourReply({ family: 2, index: 9, state: 2 }, { address: '192.0.2.7' }),
      ],
    })
    expect(await network.neighbours()).toEqual([
      {
        ...{ address: '192.0.2.9', linkAddress: '02:00:00:00:00:09', interface: 'eth0' },
        ...{ state: 'reachable', family: 'ipv4', router: false },
      },
      { address: '192.0.2.8', interface: 'eth0', state: 'failed', family: 'ipv4', router: false },
      { address: 'fe80::9', interface: 'lo', state: 3, family: 'ipv6', router: true },
    ])
    expect(await network.neighbours({ family: 'ipv6' })).toHaveLength(1)
    expect(await network.neighbours({ interface: 'eth0' })).toHaveLength(2)
    await expect(network.neighbours({ state: 'stale' } as never)).rejects.toMatchObject({
      field: 'filter.state',
    })
  })
})

describe('subscribers of lvs:command', () => {
  const channel = tracingChannel<string, CommandContext>('lvs:command')
  const heard: string[] = []
  const note = (event: string) => (context: CommandContext) =>
    void heard.push(`${event} ${context.command} ${context.subject}`)
  const listeners = { start: note('start'), asyncEnd: note('end'), error: note('error') } as const
  afterEach(() => {
    channel.unsubscribe(listeners as never)
    heard.length = 0
  })

  it('receive one event per call, however many messages it sends', async () => {
    const { network } = await open()
    channel.subscribe(listeners as never)
    await network.ensureAddress({ address: '192.0.2.10', interface: 'lo' })
    await network.links()
    expect(heard).toEqual([
      'start ensureAddress 192.0.2.10/32 on lo',
      'end ensureAddress 192.0.2.10/32 on lo',
      'start links ',
      'end links ',
    ])
  })

  it('receive an error only for calls that reject', async () => {
    const { network, kernel } = await open()
    kernel.script.DELADDR = () => ({ errno: 99 })
    channel.subscribe(listeners as never)
    await network.ensureNoAddress({ address: '192.0.2.10', interface: 'lo' })
    await network.removeAddress({ address: '192.0.2.10', interface: 'lo' }).catch(() => {})
    expect(heard.filter((line) => line.startsWith('error'))).toEqual([
      'error removeAddress 192.0.2.10/32 on lo',
    ])
  })
})
