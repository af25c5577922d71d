/** The listings of `lvs ipvsadm` and of ipvsadm for the same traffic at the same moment. */

import { describe, expect, it } from 'vitest'
import { callIpvsadm } from '../../support/kernel/call-ipvsadm.ts'
import type { Namespace } from '../../support/kernel/namespace.ts'
import { DNS, makeBusyHost, SIP } from '../../support/kernel/traffic/busy-host.ts'
import { waitUntil } from '../../support/kernel/until.ts'

const SIP_CALL = 'INVITE sip:a SIP/2.0\r\nCall-ID: 1@host\r\n\r\n'

describe('lvs ipvsadm shows traffic as ipvsadm does', () => {
  it.each([
    ['-Ln --stats', / [1-9]\d+\n/],
    ['-Ln --stats --exact', / [1-9]\d+\n/],
    ['-Ln --rate', / [1-9]\d*\n/],
    ['-Ln --rate --exact', / [1-9]\d*\n/],
    ['-Ln', /Masq +1 +[1-9]/],
    ['-Ln --thresholds', / 0 +0 +[1-9]/],
    ['-Ln --persistent-conn', /:\d+ +1 +[1-9]/],
  ])('%s', async (line, traffic) => {
    const host = await makeTraffic()
    const words = line.split(' ')
    // The kernel may take a sample between the two listings: it does so every two seconds.
    const looks = await waitUntil(
      async () => ({
        before: await host.ipvsadm(...words),
        ours: (await callIpvsadm(host, words)).stdout,
        after: await host.ipvsadm(...words),
      }),
      ({ before, ours, after }) => traffic.test(ours) && before === after && ours === before,
    )
    expect(looks.ours).toMatch(traffic)
    expect(looks.ours).toBe(looks.before)
  })

  it.each(['-Lnc', '-Lnc --persistent-conn', '-lnc'])('%s, except for remaining seconds', async (line) => {
    const host = await makeTraffic()
    const words = line.split(' ')
    const before = rows(await host.ipvsadm(...words))
    const ours = rows((await callIpvsadm(host, words)).stdout)
    const after = rows(await host.ipvsadm(...words))

    expect(ours.map(({ row }) => row)).toEqual(before.map(({ row }) => row))
    expect(ours.length).toBeGreaterThan(8)
    for (const [index, { seconds }] of ours.entries()) {
      expect(seconds).toBeLessThanOrEqual(before[index]!.seconds)
      expect(seconds).toBeGreaterThanOrEqual(after[index]!.seconds)
    }
  })
})

/** A host with IPv4, IPv6, TCP, UDP and persistent connections, with and without a persistence engine. */
async function makeTraffic(): Promise<Namespace> {
  const { host, client } = await makeBusyHost()
  await host.ipvs.updateService(DNS, { persistence: { timeout: 100, mask: 24 } })
  await host.ipvs.updateService(SIP, { persistence: { timeout: 200 }, persistenceEngine: 'sip' })
  await client.connect('198.51.100.1', '192.0.2.10', 80)
  await client.connect('2001:db8:1::1', '2001:db8::10', 80)
  await client.send('198.51.100.1', '192.0.2.10', 5060, SIP_CALL)
  for (let count = 0; count < 20; count++) {
    await client.send('198.51.100.2', '192.0.2.10', 53, 'x'.repeat(1000))
  }
  return host
}

/** The rows of a connection listing and, separately, their remaining seconds. */
function rows(text: string): { row: string; seconds: number }[] {
  return text.split('\n').map((row) => {
    const [, minutes = '0', seconds = '0'] = /^\w+ +(\d\d+):(\d\d) /.exec(row) ?? []
    return { row: row.replace(/\d\d+:\d\d/, ''), seconds: Number(minutes) * 60 + Number(seconds) }
  })
}
