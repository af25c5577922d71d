/** Tests every sysctl of IPVS in the running kernel. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ArgumentRangeError, ArgumentTypeError, SysctlError } from '../../../src/errors.ts'
import type { IpvsSysctl } from '../../../src/sysctl/ipvs-sysctls.ts'
import type { IpvsSysctlName } from '../../../src/sysctl/sysctl-name.ts'
import { before, canUnloadModules, isSince, since } from '../../support/kernel/kernel.ts'
import { loadedModules, loadModules, unloadIpvs } from '../../support/kernel/modules.ts'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'
import { Netns } from '../../support/kernel/netns.ts'
import { IPVS_TABLE, readSysctlFile, sysctlsOf } from '../../support/kernel/network/sysctls.ts'
import { shell } from '../../support/kernel/shell.ts'

/** For each a value other than its default, and values out of its range. */
const VALUES: Readonly<Record<IpvsSysctl, { legal: unknown; illegal: readonly unknown[] }>> = {
  am_droprate: { legal: 7, illegal: [-1, 2 ** 31] },
  amemthresh: { legal: 2048, illegal: [-1] },
  backup_only: { legal: 1, illegal: [2, -1] },
  cache_bypass: { legal: 1, illegal: [2] },
  conn_lfactor: { legal: -8, illegal: [-9, 9] },
  conn_max: { legal: 1_000_000, illegal: [-1, 2 ** 30 + 1] },
  conn_reuse_mode: { legal: 3, illegal: [4, -1] },
  conntrack: { legal: 1, illegal: [2, true] },
  debug_level: { legal: 1, illegal: [-1] },
  drop_entry: { legal: 3, illegal: [4, -1] },
  drop_packet: { legal: 3, illegal: [4] },
  est_cpulist: { legal: '0', illegal: ['none', '0-', 0] },
  est_nice: { legal: -20, illegal: [-21, 20] },
  expire_nodest_conn: { legal: 1, illegal: [2] },
  expire_quiescent_template: { legal: 1, illegal: [2] },
  ignore_tunneled: { legal: 1, illegal: [2] },
  lblc_expiration: { legal: 60, illegal: [-1, 21_474_837] },
  lblcr_expiration: { legal: 60, illegal: [-1] },
  nat_icmp_send: { legal: 1, illegal: [2] },
  pmtu_disc: { legal: 0, illegal: [2] },
  run_estimation: { legal: 0, illegal: [2] },
  schedule_icmp: { legal: 1, illegal: [2] },
  secure_tcp: { legal: 3, illegal: [4] },
  sloppy_sctp: { legal: 1, illegal: [2] },
  sloppy_tcp: { legal: 1, illegal: [2] },
  snat_reroute: { legal: 0, illegal: [2] },
  svc_lfactor: { legal: 8, illegal: [9] },
  sync_persist_mode: { legal: 1, illegal: [2] },
  sync_ports: { legal: 64, illegal: [0, 3, 128] },
  sync_qlen_max: { legal: 123_456, illegal: [-1, 1.5] },
  sync_refresh_period: { legal: 5, illegal: [-1] },
  sync_retries: { legal: 3, illegal: [4] },
  sync_sock_size: { legal: 65_536, illegal: [-1] },
  sync_threshold: { legal: [5, 100], illegal: [[5, 5], [-1, 0], [1], 3, '3 50'] },
  sync_version: { legal: 0, illegal: [2] },
}
/** Sysctls that some kernels are built without. */
const OPTIONAL: readonly IpvsSysctl[] = ['conntrack', 'debug_level']

const nameOf = (setting: string) => `net.ipv4.vs.${setting}` as IpvsSysctlName

/** Each test uses its own sysctl, so they share a namespace; a second namespace must not change. */
let namespace: Namespace
let other: Namespace

beforeAll(async () => {
  await loadModules('ip_vs_lblc', 'ip_vs_lblcr')
  namespace = await Netns.make({ loopback: 'up' })
  other = await Netns.make({ loopback: 'up' })
})
afterAll(async () => {
  await namespace.dispose()
  await other.dispose()
})

describe.each(IPVS_TABLE)('%s', (setting, { since: version = '3.0' }) => {
  const name = nameOf(setting)
  const { legal, illegal } = VALUES[setting]

  it('is read, set to another value, read back and restored', async () => {
    const { sysctls } = sysctlsOf(namespace)
    const first = await sysctls.find(name)
    if (first === undefined) {
      expect(isSince(version) && !OPTIONAL.includes(setting), `${setting} is missing`).toBe(false)
      return
    }
    expect(isSince(version), `${setting} is there before Linux ${version}`).toBe(true)
    expect(first).not.toEqual(legal)
    if (setting === 'debug_level') return await refusedOutsideOfTheFirst(sysctls.set(name, 1 as never))

    await sysctls.set(name, legal as never)
    expect(await sysctls.get(name)).toEqual(legal)
    expect(await readSysctlFile(namespace, `ipv4/vs/${setting}`)).toBe(String(legal).replace(',', '\t'))
    expect(await sysctlsOf(other).sysctls.get(name)).toEqual(first)

    await sysctls.set(name, first as never)
    expect(await sysctls.get(name)).toEqual(first)
  })

  it('rejects a value out of its range, and its file is not written', async () => {
    const { sysctls, transport } = sysctlsOf(namespace)
    const first = await sysctls.findText(name)
    const [read, written] = [transport.read.length, transport.written.length]
    for (const value of illegal) {
      const error: unknown = await sysctls.set(name, value as never).catch((reason: unknown) => reason)
      expect(error instanceof ArgumentRangeError || error instanceof ArgumentTypeError, String(error)).toBe(
        true,
      )
      expect(error).toMatchObject({ field: name, message: expect.stringContaining(`${name} must be `) })
    }
    expect([transport.read.length, transport.written.length]).toEqual([read, written])
    expect(await sysctls.findText(name)).toBe(first)
  })
})

async function refusedOutsideOfTheFirst(call: Promise<void>): Promise<void> {
  await expect(call).rejects.toMatchObject({
    code: 'EACCES',
    explanation: expect.stringContaining('initial'),
  })
}

describe('the table', () => {
  it('has every sysctl of IPVS that this kernel has', async () => {
    const files = (await namespace.exec('ls', '/proc/sys/net/ipv4/vs'))
      .split('\n')
      .filter((name) => name !== '')
    const known = IPVS_TABLE.map(([setting]) => setting as string)
    expect(files.length).toBeGreaterThan(25)
    expect(files.filter((file) => !known.includes(file))).toEqual([])
  })

  it('explains what a missing sysctl requires', async () => {
    const { sysctls } = sysctlsOf(namespace)
    for (const [setting, { since: version, needs }] of IPVS_TABLE) {
      if ((await sysctls.find(nameOf(setting))) !== undefined) continue
      await expect(sysctls.get(nameOf(setting))).rejects.toThrow(
        needs ?? `the sysctl requires Linux ${version}`,
      )
    }
  })

  before('7.2', 'reports since when conn_max exists', async () => {
    const { sysctls } = sysctlsOf(namespace)
    const call = sysctls.set('net.ipv4.vs.conn_max', 1000)
    await expect(call).rejects.toThrow(SysctlError)
    await expect(call).rejects.toThrow(
      'set net.ipv4.vs.conn_max: ENOENT, this kernel is too old; the sysctl requires Linux 7.2',
    )
  })
})

describe('a value that only the kernel can refuse is refused with the kernel’s error:', () => {
  since('6.2', 'a processor that does not exist', async () => {
    const { sysctls } = sysctlsOf(namespace)
    await expect(sysctls.set('net.ipv4.vs.est_cpulist', '60000')).rejects.toMatchObject({
      name: 'SysctlError',
      code: expect.stringMatching(/^E(RANGE|INVAL)$/),
      subject: 'net.ipv4.vs.est_cpulist',
    })
  })

  it('a text that is not a number', async () => {
    const { sysctls } = sysctlsOf(namespace)
    await expect(sysctls.setText('net.ipv4.vs.conntrack', 'yes')).rejects.toMatchObject({
      name: 'SysctlError',
      code: 'EINVAL',
      errno: 22,
      command: 'set',
      subject: 'net.ipv4.vs.conntrack',
    })
    await expect(sysctls.setText('net.ipv4.vs.drop_entry', '4')).rejects.toMatchObject({ code: 'EINVAL' })
    expect(await sysctls.get('net.ipv4.vs.drop_entry')).toBe(0)
  })
})

since('6.2', 'est_cpulist may be empty, which stops the rates, and list every processor again', async () => {
  const { sysctls } = sysctlsOf(await makeNamespace())
  const all = await sysctls.get('net.ipv4.vs.est_cpulist')
  await sysctls.set('net.ipv4.vs.est_cpulist', '')
  expect(await sysctls.get('net.ipv4.vs.est_cpulist')).toBe('')
  await sysctls.set('net.ipv4.vs.est_cpulist', 'all')
  expect(await sysctls.get('net.ipv4.vs.est_cpulist')).toBe(all)
})

it('the kernel itself changes the value 2 of a defence to 1', async () => {
  const { sysctls } = sysctlsOf(await makeNamespace())
  await sysctls.set('net.ipv4.vs.drop_packet', 2)
  expect([1, 2]).toContain(await sysctls.get('net.ipv4.vs.drop_packet'))
})

it('cat reads the same values, and writes have the same effect', async () => {
  const namespace = await makeNamespace()
  const { sysctls } = sysctlsOf(namespace)
  await namespace.exec('sysctl', '-q', '-w', 'net.ipv4.vs.sync_threshold=7 70')
  expect(await sysctls.get('net.ipv4.vs.sync_threshold')).toEqual([7, 70])
  await sysctls.set('net.ipv4.vs.sync_threshold', [9, 0])
  expect(await namespace.exec('sysctl', '-n', 'net.ipv4.vs.sync_threshold')).toBe('9\t0\n')
})

if (canUnloadModules) {
  it('a scheduler that is not loaded has no expiration, and the error explains this', async () => {
    const { sysctls } = sysctlsOf(await makeNamespace())
    await shell.run(['modprobe', '-r', 'ip_vs_lblc'])
    expect(await sysctls.find('net.ipv4.vs.lblc_expiration')).toBeUndefined()
    await expect(sysctls.get('net.ipv4.vs.lblc_expiration')).rejects.toThrow('modprobe ip_vs_lblc')
    await loadModules('ip_vs_lblc')
    expect(await sysctls.get('net.ipv4.vs.lblc_expiration')).toBe(86_400)
  })

  describe('without the module ip_vs', () => {
    afterAll(() => loadModules('ip_vs'))

    it('there are none, and the error says how to load it; reading does not load it', async () => {
      const { sysctls } = sysctlsOf(await makeNamespace())
      await unloadIpvs()

      for (const [setting] of IPVS_TABLE) expect(await sysctls.find(nameOf(setting))).toBeUndefined()
      for (const call of [
        () => sysctls.get('net.ipv4.vs.conntrack'),
        () => sysctls.set('net.ipv4.vs.conntrack', 1),
        () => sysctls.get('net.ipv4.vs.conn_max'),
        () => sysctls.getText('net.ipv4.vs.nosuch'),
      ]) {
        const says = expect.stringMatching(/ip_vs is not loaded; load it: modprobe ip_vs/)
        await expect(call()).rejects.toMatchObject({ code: 'ENOENT', explanation: says })
      }

      expect(await loadedModules()).toEqual([])

      await loadModules('ip_vs')
      expect(await sysctls.get('net.ipv4.vs.drop_entry')).toBe(0)
    })
  })
}
