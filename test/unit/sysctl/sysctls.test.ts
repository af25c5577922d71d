import { tracingChannel } from 'node:diagnostics_channel'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { ArgumentRangeError, ArgumentTypeError, NetlinkError, SysctlError } from '../../../src/errors.ts'
import type { CommandContext } from '../../../src/netlink/tracing.ts'
import { Sysctls } from '../../../src/sysctl/sysctls.ts'
import { SysctlFiles, systemError } from '../../support/sysctl/sysctl-files.ts'

const HOST = {
  'net/ipv4/ip_forward': '0\n',
  'net/ipv4/conf/all/forwarding': '0\n',
  'net/ipv4/conf/all/arp_ignore': '0\n',
  'net/ipv4/conf/eth0.100/forwarding': '0\n',
  'net/ipv4/conf/eth0.100/arp_announce': '255\n',
  'net/ipv4/vs/drop_entry': '0\n',
  'net/ipv4/vs/sync_threshold': '3\t50\n',
  'net/ipv4/vs/est_cpulist': '0-3\n',
  'net/ipv4/tcp_congestion_control': 'cubic\n',
}

const hostOf = (files: Readonly<Record<string, string | Error>> = HOST) => {
  const host = new SysctlFiles(files)
  return { host, sysctls: new Sysctls(host) }
}

/** The error with which a call rejects. */
const reasonOf = (call: Promise<unknown>): Promise<unknown> => call.then(String, (reason: unknown) => reason)

describe('get', () => {
  it('reads numbers, pairs and text', async () => {
    const { sysctls } = hostOf()
    expect(await sysctls.get('net.ipv4.ip_forward')).toBe(0)
    expect(await sysctls.get('net.ipv4.conf.eth0/100.arp_announce')).toBe(255)
    expect(await sysctls.get('net.ipv4.vs.sync_threshold')).toEqual([3, 50])
    expect(await sysctls.get('net.ipv4.vs.est_cpulist')).toBe('0-3')
  })

  it('has the type of the sysctl', () => {
    const { sysctls } = hostOf()
    expectTypeOf(sysctls.get<'net.ipv4.ip_forward'>).returns.resolves.toEqualTypeOf<number>()
    expectTypeOf(sysctls.get<'net.ipv4.vs.est_cpulist'>).returns.resolves.toEqualTypeOf<string>()
    expectTypeOf(sysctls.get<'net.ipv4.vs.sync_threshold'>).returns.resolves.toEqualTypeOf<
      readonly [count: number, period: number]
    >()
    expectTypeOf(sysctls.get<'net.ipv4.conf.eth0.arp_ignore'>).returns.resolves.toEqualTypeOf<number>()
    // @ts-expect-error there is no sysctl of this name with a type
    expectTypeOf(sysctls.get<'net.ipv4.vs.nosuch'>).toBeFunction()
    // @ts-expect-error IPv6 has no such sysctl
    expectTypeOf(sysctls.get<'net.ipv6.conf.eth0.arp_ignore'>).toBeFunction()
  })

  it('throws that the reply is malformed if it is not a number', async () => {
    const { sysctls } = hostOf({ 'net/ipv4/ip_forward': 'yes\n' })
    const error = await reasonOf(sysctls.get('net.ipv4.ip_forward'))
    expect(error).toBeInstanceOf(NetlinkError)
    expect(error).toMatchObject({ code: 'ERR_LVS_MALFORMED', message: expect.stringContaining('"yes"') })
  })

  it('accesses no file if it is aborted', async () => {
    const { host, sysctls } = hostOf()
    const signal = AbortSignal.abort(new Error('enough'))
    for (const call of [
      sysctls.get('net.ipv4.ip_forward', { signal }),
      sysctls.set('net.ipv4.ip_forward', 1, { signal }),
      sysctls.getText('net.ipv4.ip_forward', { signal }),
      sysctls.setText('net.ipv4.ip_forward', '1', { signal }),
      sysctls.find('net.ipv4.ip_forward', { signal }),
      sysctls.effective('arp_announce', 'eth0.100', { signal }),
    ])
      await expect(call).rejects.toThrow('enough')
    expect(host.touched).toEqual([])
  })
})

describe('find', () => {
  it('resolves to undefined if the sysctl does not exist', async () => {
    const { sysctls } = hostOf()
    expect(await sysctls.find('net.ipv4.vs.conn_max')).toBeUndefined()
    expect(await sysctls.find('net.ipv4.conf.eth9.arp_ignore')).toBeUndefined()
    expect(await sysctls.find('net.ipv4.ip_forward')).toBe(0)
    expect(await sysctls.findText('net.core.nosuch')).toBeUndefined()
    expect(await sysctls.findText('net.ipv4.tcp_congestion_control')).toBe('cubic')
  })

  it('rejects for any other error', async () => {
    const { sysctls } = hostOf({ 'net/ipv4/ip_forward': systemError('EACCES', 'open') })
    await expect(sysctls.find('net.ipv4.ip_forward')).rejects.toThrow(SysctlError)
    await expect(sysctls.find('net.ipv4.nosuch' as 'net.ipv4.ip_forward')).rejects.toThrow(ArgumentTypeError)
  })
})

describe('set', () => {
  it('writes one line with one system call', async () => {
    const { host, sysctls } = hostOf()
    await sysctls.set('net.ipv4.conf.all.arp_ignore', 1)
    await sysctls.set('net.ipv4.vs.sync_threshold', [5, 100])
    await sysctls.set('net.ipv4.vs.est_cpulist', '')
    expect(host.written).toEqual([
      ['/proc/sys/net/ipv4/conf/all/arp_ignore', '1\n'],
      ['/proc/sys/net/ipv4/vs/sync_threshold', '5 100\n'],
      ['/proc/sys/net/ipv4/vs/est_cpulist', '\n'],
    ])
    expect(await sysctls.get('net.ipv4.conf.all.arp_ignore')).toBe(1)
  })

  it('accesses no file if the value is invalid', async () => {
    const { host, sysctls } = hostOf()
    const call = sysctls.set('net.ipv4.conf.eth0/100.arp_announce', 3)
    await expect(call).rejects.toThrow(ArgumentRangeError)
    await expect(call).rejects.toThrow(
      'net.ipv4.conf.eth0/100.arp_announce must be an integer from 0 to 2, not 3',
    )
    await expect(sysctls.set('net.ipv4.ip_forward', true as never)).rejects.toThrow(ArgumentTypeError)
    expect(host.touched).toEqual([])
  })
})

describe('text', () => {
  it('of any sysctl is read without its line feed, and written back', async () => {
    const { host, sysctls } = hostOf()
    const before = await sysctls.getText('net.ipv4.conf.eth0/100.arp_announce')
    expect(before).toBe('255')
    await sysctls.setText('net.ipv4.conf.eth0/100.arp_announce', before)
    await sysctls.setText('net.ipv4.tcp_congestion_control', 'reno')
    expect(host.written.map(([, text]) => text)).toEqual(['255\n', 'reno\n'])
  })

  it.each(['a\nb', 'a\0', 1, undefined])('%j is rejected, and no file is accessed', async (text) => {
    const { host, sysctls } = hostOf()
    const call = sysctls.setText('net.ipv4.tcp_congestion_control', text as string)
    await expect(call).rejects.toThrow(ArgumentTypeError)
    expect(host.touched).toEqual([])
  })
})

describe('an error has the cause and the remedy:', () => {
  const WITHOUT_IPVS = { 'net/ipv4/conf/all/forwarding': '0\n' }

  it.each<[string, files: Readonly<Record<string, string>>, name: string, says: RegExp]>([
    ['ip_vs is not loaded', WITHOUT_IPVS, 'net.ipv4.vs.conn_max', /not loaded.*modprobe ip_vs/],
    ['the kernel is older', HOST, 'net.ipv4.vs.conn_max', /too old.*Linux 7\.2/],
    ['it was built without an option', HOST, 'net.ipv4.vs.conntrack', /CONFIG_IP_VS_NFCT/],
    ['a module is missing', HOST, 'net.ipv4.vs.lblc_expiration', /modprobe ip_vs_lblc/],
    ['there is no such interface', HOST, 'net.ipv4.conf.eth9.rp_filter', /no interface eth9 .*ip link/],
    ['nor its neighbours', HOST, 'net.ipv4.neigh.eth9.mcast_solicit', /no interface eth9 /],
    ['an interface with a dot', HOST, 'net.ipv4.conf.eth0/9.rp_filter', /no interface eth0\.9 /],
    ['the kernel is older than a setting', HOST, 'net.ipv4.conf.all.arp_evict_nocarrier', /Linux 5\.16/],
    ['there is no IPv6', HOST, 'net.ipv6.conf.all.forwarding', /no IPv6.*ipv6\.disable/],
  ])('%s', async (_, files, name, says) => {
    const error = await reasonOf(hostOf(files).sysctls.getText(name))
    expect(error).toBeInstanceOf(SysctlError)
    const { message, explanation } = error as SysctlError
    expect(explanation).toMatch(says)
    expect(message).toBe(`get ${name}: ENOENT, ${explanation}`)
    expect(error).toMatchObject({ code: 'ENOENT', errno: 2, command: 'get', subject: name })
  })

  it('an interface too small for IPv6', async () => {
    const { sysctls } = hostOf({ 'net/ipv6/conf/all/forwarding': '0\n' })
    await expect(sysctls.get('net.ipv6.conf.eth0.forwarding')).rejects.toThrow(/no interface eth0 .*1280/)
  })

  it('an unknown name', async () => {
    await expect(hostOf().sysctls.getText('net.core.nosuch')).rejects.toThrow(
      /no such sysctl; check the name/,
    )
  })

  it.each([
    ['EACCES', 'net.ipv4.ip_forward', /requires root/],
    ['EPERM', 'net.ipv4.ip_forward', /CAP_NET_ADMIN/],
    ['EROFS', 'net.ipv4.ip_forward', /read-only, as in a container.*--sysctl/],
    ['EINVAL', 'net.ipv4.ip_forward', /does not accept the value/],
    ['EACCES', 'net.ipv4.vs.debug_level', /only in the initial network namespace/],
    ['EACCES', 'net.ipv4.conf.all.mc_forwarding', /multicast routing daemon/],
    ['EIO', 'net.ipv4.ip_forward', /refused to set it/],
  ] as const)('%s when %s is set', async (code, name, says) => {
    const cause = systemError(code, 'write')
    const { sysctls } = hostOf({ [name.replaceAll('.', '/')]: cause })
    const error = await reasonOf(sysctls.set(name, 1))
    expect(error).toBeInstanceOf(SysctlError)
    expect(error).toMatchObject({
      code,
      command: 'set',
      subject: name,
      explanation: expect.stringMatching(says),
      cause,
    })
  })

  it.each([
    ['a network namespace that is not there', systemError('ENOENT', 'open', '/run/netns/nosuch')],
    ['one that cannot be entered', systemError('EPERM', 'setns', '/run/netns/other')],
    ['an addon that cannot be loaded', new Error('no addon')],
  ])('%s is reported unchanged', async (_, cause) => {
    const { sysctls } = hostOf({ 'net/ipv4/ip_forward': cause })
    expect(await reasonOf(sysctls.get('net.ipv4.ip_forward'))).toBe(cause)
    expect(await reasonOf(sysctls.find('net.ipv4.ip_forward'))).toBe(cause)
    expect(await reasonOf(sysctls.set('net.ipv4.ip_forward', 1))).toBe(cause)
  })
})

it('publishes every read and write on lvs:command', async () => {
  const { sysctls } = hostOf()
  const told: string[] = []
  const note = (event: string) => (message: unknown) => {
    const { command, subject } = message as CommandContext
    told.push(`${event} ${command} ${subject}`)
  }
  const handlers = { start: note('start'), asyncEnd: note('end'), error: note('error') }
  const channel = tracingChannel<string, CommandContext>('lvs:command')
  channel.subscribe(handlers as Parameters<typeof channel.subscribe>[0])
  try {
    await sysctls.set('net.ipv4.ip_forward', 1)
    await sysctls.getText('net.core.nosuch').catch(() => {})
    await sysctls.set('net.ipv4.ip_forward', 7).catch(() => {})
  } finally {
    channel.unsubscribe(handlers as Parameters<typeof channel.subscribe>[0])
  }
  expect(told).toEqual([
    'start set net.ipv4.ip_forward',
    'end set net.ipv4.ip_forward',
    'start get net.core.nosuch',
    'error get net.core.nosuch',
    'end get net.core.nosuch',
  ])
})
