import { describe, expect, it } from 'vitest'
import type { Daemon, DaemonInput, SyncRole } from '../../../../src/index.ts'
import { makeNamespace, type Namespace } from '../../../support/kernel/namespace.ts'

/** An interface with an MTU above 1500, which only a backup uses. */
const INTERFACE = 'eth0'
const HEADERS = { ipv4: 20 + 8, ipv6: 40 + 8 }

const DEFAULTS: Readonly<Record<SyncRole, Daemon>> = {
  master: {
    role: 'master',
    interface: INTERFACE,
    syncId: 0,
    maximumLength: 1500 - HEADERS.ipv4,
    group: '224.0.0.81',
    port: 8848,
    ttl: 1,
  },
  backup: {
    role: 'backup',
    interface: INTERFACE,
    syncId: 0,
    maximumLength: 9000 - HEADERS.ipv4,
    group: '224.0.0.81',
    port: 8848,
    ttl: 1,
  },
}

/** Every attribute with its limits, the value that is read if it differs, and the kernel's default. */
const ATTRIBUTES: {
  readonly [Name in Exclude<keyof Required<DaemonInput>, 'role' | 'interface'>]: readonly {
    readonly write: NonNullable<DaemonInput[Name]>
    readonly read?: Partial<Record<SyncRole, Partial<Daemon>>>
  }[]
} = {
  syncId: [{ write: 0 }, { write: 1 }, { write: 255 }],
  maximumLength: [
    { write: 1, read: { backup: { maximumLength: 1024 } } },
    { write: 1472 },
    { write: 65535 - HEADERS.ipv4 },
  ],
  group: [
    { write: '224.0.0.1' },
    { write: '239.255.255.255' },
    {
      write: 'ff02::1:2',
      read: {
        master: { maximumLength: 1500 - HEADERS.ipv6 },
        backup: { maximumLength: 9000 - HEADERS.ipv6 },
      },
    },
  ],
  port: [{ write: 1 }, { write: 0x1234 }, { write: 65535 }],
  ttl: [{ write: 1 }, { write: 2 }, { write: 255 }],
}

describe.each<SyncRole>(['master', 'backup'])('a %s', (role) => {
  it('has the kernel’s defaults for settings that are not given', async () => {
    const { ipvs } = await makeHost()
    expect(await ipvs.daemons()).toEqual([])
    await ipvs.startDaemon({ role, interface: INTERFACE })
    expect(await ipvs.daemons()).toEqual([DEFAULTS[role]])
    await ipvs.stopDaemon(role)
    expect(await ipvs.daemons()).toEqual([])
  })

  it.each(Object.entries(ATTRIBUTES))('has the given %s and defaults for the rest', async (name, values) => {
    const { ipvs } = await makeHost()
    for (const { write, read } of values) {
      await ipvs.startDaemon({ role, interface: INTERFACE, [name]: write })
      expect(await ipvs.daemons()).toEqual([{ ...DEFAULTS[role], [name]: write, ...read?.[role] }])
      await ipvs.stopDaemon(role)
    }
  })

  it('is the same when it is started again with the settings that were read', async () => {
    const { ipvs } = await makeHost()
    const given = { syncId: 9, maximumLength: 1200, group: 'ff05::9', port: 99, ttl: 4 }
    await ipvs.startDaemon({ role, interface: INTERFACE, ...given })
    const [daemon] = await ipvs.daemons()
    await ipvs.stopDaemon(role)
    await ipvs.startDaemon(daemon as DaemonInput)
    expect(await ipvs.daemons()).toEqual([daemon])
  })
})

describe('both roles', () => {
  it('run at once, the master listed first, and stop one by one', async () => {
    const { ipvs } = await makeHost()
    await ipvs.startDaemon({ role: 'backup', interface: 'lo', syncId: 2 })
    await ipvs.startDaemon({ role: 'master', interface: INTERFACE, syncId: 1 })
    const [master, backup] = await ipvs.daemons()
    expect([master, backup]).toMatchObject([
      { role: 'master', interface: INTERFACE, syncId: 1 },
      { role: 'backup', interface: 'lo', syncId: 2 },
    ])
    await ipvs.stopDaemon('master')
    expect(await ipvs.daemons()).toEqual([backup])
  })

  it('belong to their namespace', async () => {
    const [{ ipvs }, other] = [await makeHost(), await makeHost()]
    await ipvs.startDaemon({ role: 'master', interface: INTERFACE })
    expect(await other.ipvs.daemons()).toEqual([])
  })

  /**
   * A daemon whose thread has not run yet ends with EINTR, for which netlink sends no reply. It happens on a single processor,
   * as in user-mode Linux.
   */
  it('stop right after their start, fifty times, and every call settles', async () => {
    const { ipvs } = await makeHost()
    for (let round = 0; round < 50; round++) {
      const role = round % 2 === 0 ? 'master' : 'backup'
      const started = ipvs.startDaemon({ role, interface: INTERFACE })
      const stopped = ipvs.stopDaemon(role)
      const daemons = ipvs.daemons()
      expect(await Promise.all([started, stopped, daemons])).toEqual([undefined, undefined, []])
    }
  })
})

async function makeHost(): Promise<Namespace> {
  const host = await makeNamespace()
  await host.addDummy(INTERFACE, ['192.0.2.1/24', '2001:db8::1/64'])
  await host.setMtu(INTERFACE, 9000)
  return host
}
