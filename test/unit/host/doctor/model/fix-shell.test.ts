import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../../../src/host/doctor/doctor.ts'
import { FINDINGS, type FindingId } from '../../../../../src/host/doctor/model/finding.ts'
import type { DiagnoseOptions } from '../../../../../src/host/doctor/model/options.ts'
import type { HostFacts } from '../../../../../src/host/facts/host-facts.ts'
import { BROKEN_HOSTS } from '../../../../support/host/doctor/faulty-hosts.ts'
import { recordShell } from '../../../../support/shell-recorder.ts'

/** Names that the kernel accepts for a network interface. */
const INTERFACE_NAMES = [
  '$(id>p)',
  '`id>p`',
  ';id>p;#',
  "a'$(id>p)'b",
  '"$(id>p)"',
  "'",
  '\\',
  '&id&',
  '|id',
  '*',
  '[ab]?',
  '{a,b}',
  '$PATH',
  '!!',
  '#a',
  '~',
  '-a',
  'a=b',
  'eth0.100',
  'é\u001b[2J',
]

const ids = Object.keys(FINDINGS) as FindingId[]

/** The commands of the fixes of all findings, on hosts where each of these words is replaced. */
function shellOf(replace: (text: string) => string): string {
  return ids
    .flatMap((id) => {
      const { facts, options = {} } = BROKEN_HOSTS[id]
      const [other, otherOptions] = JSON.parse(replace(JSON.stringify([facts, options]))) as [
        HostFacts,
        DiagnoseOptions,
      ]
      return diagnose(other, otherOptions).map(({ fix }) => fix.shell)
    })
    .join('\n')
}

const inJson = (text: string) => JSON.stringify(text).slice(1, -1)

/** Renames eth0 as an interface and in the names of its sysctls. */
function renameEth0(name: string): (text: string) => string {
  return (text) =>
    text
      .replaceAll('conf.eth0.', () => `conf.${inJson(name.replaceAll('.', '/'))}.`)
      .replaceAll('"eth0"', () => `"${inJson(name)}"`)
}

describe.each(['sh', 'bash'])('the shell commands of all fixes, in %s', (shell) => {
  const plain = recordShell(shell, shellOf(String))

  it('call only the programs that they name', () => {
    expect(plain.calls.length).toBeGreaterThan(ids.length)
    expect(plain.litter).toEqual([])
  })

  it.each(INTERFACE_NAMES)('take the interface name %j literally', (name) => {
    const { calls, litter } = recordShell(shell, shellOf(renameEth0(name)))
    expect(litter).toEqual([])
    const expected = plain.calls.map((words) =>
      words.map((word) =>
        word === 'eth0' ? name : word.replace('.conf.eth0.', () => `.conf.${name.replaceAll('.', '/')}.`),
      ),
    )
    // sh of Debian does not read back a control character; bash does.
    if (shell === 'sh' && name.includes('\u001b')) expect(calls).toHaveLength(expected.length)
    else expect(calls).toEqual(expected)
  })

  it.each(['$(id>p)', "'; touch p; '", '`id`'])('take the scheduler name %j literally', (name) => {
    const { calls, litter } = recordShell(
      shell,
      shellOf((text) => text.replaceAll('"wlc"', () => `"${inJson(name)}"`)),
    )
    expect(litter).toEqual([])
    expect(calls.flat()).toContain(name)
    expect(calls).toHaveLength(plain.calls.length)
  })

  it.each(['weight', 'timeout', 'mask', 'port', 'upperThreshold'])(
    'take a hostile %s in the facts of another host literally',
    (field) => {
      const pattern = new RegExp(`"${field}":("[^"]*"|\\d+)`, 'g')
      const { litter } = recordShell(
        shell,
        shellOf((text) => text.replaceAll(pattern, () => `"${field}":"1$(id>p);id"`)),
      )
      expect(litter).toEqual([])
    },
  )

  it('take a hostile virtual address in the facts of another host literally', () => {
    const { litter } = recordShell(
      shell,
      shellOf((text) => text.replaceAll('"address":"192.168.79.110"', '"address":"192.168.79.110;id>p"')),
    )
    expect(litter).toEqual([])
  })
})
