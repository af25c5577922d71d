import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Terminal } from '../../../../src/cli/io/command-io.ts'
import type { ConnectionEntry } from '../../../../src/ipvs/proc/connection-entry.ts'
import { CapturedTerminal } from '../../../support/cli/captured-terminal.ts'
import { refuseToOpen, runLine } from '../../../support/cli/run-line.ts'

/** Sets the title of a terminal, erases the line, and begins a sequence with C1; then a line that looks like another message. */
const HOSTILE = '\u001b]0;owned\u0007\u001b[2K\u009b31m\u007f\nlvs: done'

/** The control characters of a text, without its ends of lines and the colours of the program. */
function controlsIn(text: string): string[] {
  const own = ['\u001b[1m', '\u001b[22m', '\u001b[2m', '\u001b[31m', '\u001b[39m', '\u001b[32m', '\u001b[33m']
  const rest = own.reduce((shorter, sequence) => shorter.replaceAll(sequence, ''), text)
  return [...rest].filter((each) => each !== '\n' && /\p{Cc}/u.test(each))
}

/** A connection as one datagram of the synchronisation protocol can make it. */
const CONNECTION: ConnectionEntry = {
  protocol: 'tcp',
  client: { address: '192.0.2.9', port: 0 },
  virtual: { address: '192.0.2.1', port: 80 },
  destination: { address: '10.0.0.1', port: 80 },
  state: 'NONE',
  expires: 10,
  template: true,
  persistenceEngine: 'sip',
  persistenceData: HOSTILE,
}

function terminalOf(ipvs: object, colours = false): CapturedTerminal {
  const terminal = new CapturedTerminal(() => Promise.resolve(ipvs as Awaited<ReturnType<Terminal['open']>>))
  terminal.colours = colours
  return terminal
}

function connected(colours = false): CapturedTerminal {
  return terminalOf({ connections: async function* () { yield CONNECTION } }, colours) // biome-ignore format: one line
}

describe('lvs connections, with data from another host', () => {
  it.each([false, true])('prints no control character of it (colours: %s)', async (colours) => {
    const { status, printed } = await runLine('connections', connected(colours))
    expect(status).toBe(0)
    expect(controlsIn(printed)).toEqual([])
    expect(printed.trimEnd().split('\n')).toHaveLength(2)
    expect(printed).toContain('\\u001b]0;owned\\u0007\\u001b[2K\\u009b31m\\u007f\\u000alvs: done')
  })

  it('prints JSON with the same value', async () => {
    const { printed } = await runLine('connections --json', connected())
    expect(controlsIn(printed)).toEqual([])
    expect(JSON.parse(printed)).toMatchObject([{ persistenceData: HOSTILE }])
  })
})

describe('messages about a file', () => {
  const write = (name: string, text: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'lvs-hostile-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const name = HOSTILE.replaceAll('\n', ' ')

  it.each([
    ['an unknown field', 'x.yaml', `${JSON.stringify(HOSTILE)}: 1\nservices: []\n`],
    ['a service', 'x.yaml', `services: [{ service: ${JSON.stringify(HOSTILE)} }]\n`],
    ['an anchor', 'x.yaml', `services: [*${name.replaceAll(/[\s[\]]/g, '')}]\n`],
    ['JSON', 'x.json', `{ ${JSON.stringify(HOSTILE)}: 1 }`],
    ['text that is not YAML', 'x.yaml', `services: [ ${name}`],
    ['a word of keepalived', 'x.conf', `${name}\n`],
    ['a quoted word of keepalived', 'x.conf', `virtual_server 192.0.2.1 80 {\n lb_algo "${name}"\n}\n`],
    ['a rule', 'x.rules', `-A -t ${name}\n`],
    ['the name of the file', `${name}.yaml`, 'services: 1\n'],
  ])('show no control character of %s, and no line of its own', async (_, file, text) => {
    const path = write(file, text)
    const terminal = new CapturedTerminal(refuseToOpen)
    const words = ['diff', path, ...(file.endsWith('.rules') ? ['--format', 'rules'] : [])]
    const { runProgram } = await import('../../../../src/cli/program.ts')
    expect(await runProgram(words, terminal)).toBe(2)
    expect(terminal.errors.length).toBeGreaterThan(0)
    expect(controlsIn(terminal.errors.join('\n'))).toEqual([])
    expect(
      terminal.errors.filter((line) => line.includes('\nlvs: done') || line.startsWith('lvs: done')),
    ).toEqual([])
  })

  it.each(['list', 'connections', 'save', 'diff', 'doctor', 'no such command'])(
    'or about a word of the command line (%s)',
    async (command) => {
      const { runProgram } = await import('../../../../src/cli/program.ts')
      for (const word of [name, `--${name}`, `--netns=${name}`]) {
        const terminal = new CapturedTerminal(refuseToOpen)
        await runProgram(command === 'no such command' ? [word] : [command, word], terminal)
        expect(controlsIn(terminal.errors.join('\n') + terminal.printed)).toEqual([])
      }
    },
  )
})
