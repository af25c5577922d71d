import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AddonError } from '../../src/errors.ts'
import { explainIpvsError } from '../../src/ipvs/commands/explain.ts'
import { explainNetworkError } from '../../src/route/commands/explain.ts'
import { quoteShellWord, shellCommand, sysctlCommand } from '../../src/shell-text.ts'
import { recordShell } from '../support/shell-recorder.ts'

describe('a quoted word', () => {
  it.each([
    ['eth0', 'eth0'],
    ['[2001:db8::1]:80', "'[2001:db8::1]:80'"],
    ["it's", "'it'\\''s'"],
    ['', "''"],
    ['~', "'~'"],
    ['a\u001b[2J', "$'a\\033[2J'"],
    ["\u009b'\\", "$'\\302\\233\\047\\134'"],
  ])('of %j is %s', (word, text) => {
    expect(quoteShellWord(word)).toBe(text)
  })

  it('is one printable line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (word) => {
        expect(quoteShellWord(word)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      }),
    )
  })

  it('is read back by bash as the same word, and by sh if it has no control character', () => {
    const words = fc.sample(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), {
      numRuns: 500,
      seed: 1,
    })
    const hostile = fc.sample(fc.stringMatching(/^[$`'"\\;&|<>(){}[\]*?!#~ =\n\t-]{1,12}$/), {
      numRuns: 500,
      seed: 1,
    })
    const all = [...words, ...hostile].filter((word) => !word.includes('\0'))
    const lines = (list: readonly string[]) => list.map((word) => shellCommand('ip', word)).join('\n')
    const calls = (list: readonly string[]) => list.map((word) => ['ip', word])
    expect(recordShell('bash', lines(all))).toEqual({ calls: calls(all), litter: [] })
    const plain = all.filter((word) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(word))
    expect(recordShell('sh', lines(plain))).toEqual({ calls: calls(plain), litter: [] })
    const rest = all.filter((word) => !plain.includes(word))
    expect(recordShell('sh', lines(rest)).calls).toHaveLength(rest.length)
  })
})

describe('the command that sets a sysctl', () => {
  it.each([
    ['net.ipv4.conf.eth0/100.arp_ignore', 'sysctl -w net.ipv4.conf.eth0/100.arp_ignore=1'],
    ['net.ipv4.conf.a=b/c.arp_ignore', 'echo 1 > /proc/sys/net/ipv4/conf/a=b.c/arp_ignore'],
    ['net.ipv4.conf.$(id>p).arp_ignore', "echo 1 > '/proc/sys/net/ipv4/conf/$(id>p)/arp_ignore'"],
  ])('%s is written to its file if sysctl(8) cannot name it', (name, command) => {
    expect(sysctlCommand(name, 1)).toBe(command)
  })
})

describe('a command in the text of an error', () => {
  const name = '$(id>p)'
  it.each([
    ['a link that is down', explainNetworkError('addRoute', 'ENETDOWN', { interface: name })],
    ['IPv6 that is disabled', explainNetworkError('addAddress', 'EACCES', { interface: name })],
    ['a kind of link', explainNetworkError('addLink', 'EOPNOTSUPP', { kind: name })],
    ['a scheduler', explainIpvsError('addService', 'ENOENT', { scheduler: name })],
    ['an engine', explainIpvsError('addService', 'ENOENT', { persistenceEngine: name })],
    ['a daemon', explainIpvsError('startDaemon', 'ENETUNREACH', { interface: name })],
    [
      'a daemon over IPv6',
      explainIpvsError('startDaemon', 'ENETUNREACH', { interface: name, group: 'ff02::1' }),
    ],
    ['an address for a daemon', explainIpvsError('startDaemon', 'EADDRNOTAVAIL', { interface: name })],
  ])('about %s quotes the name', (_, text) => {
    const command = /(?:up|it|one|modules?): (.*)$|\((ip .*?)\), or add/.exec(text)
    const line = command?.[1] ?? command?.[2] ?? ''
    expect(line).toContain('$(id>p)')
    expect(recordShell('sh', line.replace(/^updateLink.*, or /, '')).litter).toEqual([])
  })

  it('about the addon quotes its folder', () => {
    const { message } = new AddonError('/tmp/$(id>p)/it', new Error('gone'))
    expect(message).toContain("cd '/tmp/$(id>p)/it' && npm run install")
  })

  it('spells an interface with a dot as sysctl(8) does', () => {
    expect(explainNetworkError('addAddress', 'EACCES', { interface: 'eth0.100' })).toContain(
      'sysctl -w net.ipv6.conf.eth0/100.disable_ipv6=0',
    )
  })
})
