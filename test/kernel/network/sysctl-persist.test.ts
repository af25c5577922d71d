import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeNamespace } from '../../support/kernel/namespace.ts'
import { sysctlsOf } from '../../support/kernel/network/sysctls.ts'

it('sysctl(8) sets the values that a file stores', async () => {
  const namespace = await makeNamespace()
  for (const name of ['eth0', 'eth0.100', '接口']) await namespace.addDummy(name)
  const { sysctls } = sysctlsOf(namespace)
  const directory = await mkdtemp(join(tmpdir(), 'lvs-sysctl-'))
  const file = join(directory, '90-lvs.conf')
  try {
    await sysctls.persist(
      { 'net.ipv4.conf.all.arp_ignore': 1, 'net.ipv4.vs.sync_threshold': [7, 70] },
      { file },
    )
    await sysctls.persist(
      {
        'net.ipv4.conf.eth0.arp_announce': 1,
        'net.ipv4.conf.eth0/100.arp_announce': 2,
        'net.ipv4.conf.接口.rp_filter': 2,
        'net.ipv4.neigh.eth0/100.mcast_solicit': '5',
      },
      { file, name: 'real-server' },
    )
    await namespace.exec('sysctl', '-p', file)

    expect(await sysctls.get('net.ipv4.conf.all.arp_ignore')).toBe(1)
    expect(await sysctls.get('net.ipv4.vs.sync_threshold')).toEqual([7, 70])
    expect(await sysctls.get('net.ipv4.conf.eth0.arp_announce')).toBe(1)
    expect(await sysctls.get('net.ipv4.conf.eth0/100.arp_announce')).toBe(2)
    expect(await sysctls.get('net.ipv4.conf.接口.rp_filter')).toBe(2)
    expect(await sysctls.getText('net.ipv4.neigh.eth0/100.mcast_solicit')).toBe('5')
  } finally {
    await rm(directory, { recursive: true })
  }
})
