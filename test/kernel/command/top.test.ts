/** `lvs top` in a real terminal: tmux shows the screen and what remains after the program ends. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TerminalWindow } from '../../support/kernel/command/terminal-window.ts'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'
import { shell } from '../../support/kernel/shell.ts'
import { makeBusyHost, WEB } from '../../support/kernel/traffic/busy-host.ts'
import type { TrafficClient } from '../../support/kernel/traffic/traffic-client.ts'
import { waitUntil } from '../../support/kernel/until.ts'

const LVS = fileURLToPath(new URL('../../../dist/bin/lvs.cjs', import.meta.url))
const SIZE = { width: 120, height: 24 }
/** The state of the terminal before the program. */
const UNTOUCHED = 'cursor 1, other screen 0, mouse 0'
const DNS_ROW = 'udp://192.0.2.10:53'

/** Runs `lvs top` in a window with earlier output, and prints its exit status and the terminal modes afterwards. */
async function startTop(host: Namespace, environment = '') {
  const modes = `/tmp/${host.name}`
  const script = [
    `echo seen before; stty -a >${modes}.before`,
    `${environment} ${process.execPath} ${LVS} top --interval 1`,
    `echo "ended with $?"; stty -a >${modes}.after; echo done; exec cat`,
  ].join('; ')
  const window = await TerminalWindow.open(host, SIZE, 'sh', '-c', script)
  const modesOf = (when: 'before' | 'after') => readFileSync(`${modes}.${when}`, 'utf8')
  return { window, modesOf }
}

/** The process that the shell in a window has started. */
async function programIn(window: TerminalWindow): Promise<string> {
  await window.shows(/q quit/)
  return (await shell.run(['pgrep', '-P', String(await window.pid())])).trim()
}

/** The cells in the row of a name. */
function cellsOf(name: string, screen: string): string[] {
  const line = screen.split('\n').find((each) => each.trimStart().startsWith(name)) ?? ''
  return line.trim().split(/ {2,}/).slice(1)
}

/** Sends datagrams from a client until it is stopped or the test ends. */
function keepSending(client: TrafficClient): () => Promise<void> {
  let isOver = false
  const sending = (async () => {
    while (!isOver) await client.send('198.51.100.1', '192.0.2.10', 53, 'x'.repeat(1000))
  })()
  const stop = async () => {
    isOver = true
    await sending
  }
  onTestFinished(stop)
  return stop
}

describe('lvs top', () => {
  it('shows rates that follow the traffic', async () => {
    const { host, client } = await makeBusyHost()
    const { window } = await startTop(host)
    await window.shows(/^udp:\/\/192\.0\.2\.10:53 +rr +0 +0 +0 +0 +0 +0 +0$/m)
    expect(await window.flags()).toBe('cursor 0, other screen 1, mouse 0')

    const stop = keepSending(client)
    await window.shows(/^udp:\/\/192\.0\.2\.10:53 +rr +0( +[1-9][\d.]*( [kM])?){6}$/m)
    // Each datagram is a connection with two answers, unless the kernel sampled its counters in the middle of one.
    const busy = await waitUntil(
      () => window.screen(),
      (screen) => {
        const [connections, packetsIn] = cellsOf(DNS_ROW, screen).slice(-5)
        return connections === packetsIn
      },
    )
    const rates = cellsOf(DNS_ROW, busy).slice(-5)
    expect(rates[2]).not.toBe(rates[1])
    expect(cellsOf('192.0.2.20:5353', busy).slice(-5)).toContainEqual(expect.stringMatching(/^[1-9]/))
    expect(cellsOf('4 services', busy).slice(-5)).toEqual(rates)

    await waitUntil(
      () => window.screen(),
      (screen) => cellsOf(DNS_ROW, screen).slice(-5).join() !== rates.join(),
    )
    const later = cellsOf(DNS_ROW, await window.screen()).slice(-5)
    expect(later).not.toEqual(rates)
    expect(later[0]).toMatch(/^[1-9]/)

    await stop()
    await window.shows(/^udp:\/\/192\.0\.2\.10:53 +rr +0 +[1-9]\d* +0 +0 +0 +0 +0$/m)
  })

  it('shows active and inactive connections', async () => {
    const { host, client } = await makeBusyHost()
    const { window } = await startTop(host)
    await client.connect('198.51.100.1', '192.0.2.10', 80)
    await window.shows(/^tcp:\/\/192\.0\.2\.10:80 +rr +1 +0 /m)
    await client.disconnect()
    await window.shows(/^tcp:\/\/192\.0\.2\.10:80 +rr +0 +1 /m)
  })

  it('changes a weight after a confirmation, and only then', async () => {
    const { host } = await makeBusyHost()
    const weight = async () => (await host.ipvs.destinations(WEB))[0]?.weight
    const { window } = await startTop(host)
    await window.shows(/q quit/)
    await window.press('/', '8080', 'Enter', 'End', 'd')
    await window.shows(/^drain 192\.0\.2\.20:8080 of tcp:\/\/192\.0\.2\.10:80\? \(y\/n\)$/m)
    await window.press('n')
    await window.shows(/^cancelled$/m)
    expect(await weight()).toBe(1)

    await window.press('d', 'y')
    await window.shows(/changed from 1 to 0$/m)
    expect(await weight()).toBe(0)
    await window.shows(/^ {2}192\.0\.2\.20:8080 +nat +0 /m)

    await window.press('w', '7', 'Enter', 'y')
    await window.shows(/changed from 0 to 7$/m)
    expect(await weight()).toBe(7)
  })

  it('continues after a change that the kernel refuses', async () => {
    const { host } = await makeBusyHost()
    const { window } = await startTop(host)
    await window.shows(/q quit/)
    await window.press('/', '192.0.2.20:8080', 'Enter', 'End', 'd')
    await window.shows(/\(y\/n\)$/m)
    await host.ipvs.removeService(WEB)
    await window.press('y')
    await window.shows(/^tcp:.*no such virtual service/m)
    await window.press('Escape')
    await window.shows(/^3 services, 3 destinations /m)
  })

  it('filters, sorts and shows help', async () => {
    const { host, client } = await makeBusyHost()
    keepSending(client)
    const { window } = await startTop(host)
    await window.shows(/q quit/)
    await window.press('/', '5060')
    expect(await window.shows(/^1 service, 1 destination /m)).not.toContain(WEB)
    await window.press('Enter', 'Escape')
    await window.shows(/^4 services, 4 destinations /m)
    await window.press('<')
    await window.shows(/sorted by bytes out\n.*\n.*\n.*\nudp:\/\/192\.0\.2\.10:53 /)
    await window.press('?')
    await window.shows(/^d +drain a destination/m)
  })

  it('follows the size of the terminal', async () => {
    const { window } = await startTop(await makeNamespace())
    expect(await window.shows(/No virtual services\./)).toContain('INACTIVE')
    await window.resize(80, 24)
    await window.shows(/ WEIGHT {2}ACTIVE {2}CONN\/S /)
    await window.resize(30, 10)
    await window.shows(/^lvs top needs 40x8/)
    await window.resize(120, 24)
    await window.shows(/INACTIVE/)
  })

  it('is a usage error without a terminal', async () => {
    const host = await makeNamespace()
    const run = host.exec(process.execPath, LVS, 'top')
    await expect(run).rejects.toThrow(/ended with 2: lvs: top requires a terminal/)
  })

  it('is the only command that loads terminal-kit', async () => {
    const host = await makeNamespace()
    const report = `/tmp/${host.name}.cjs`
    writeFileSync(
      report,
      `process.on('exit', () => console.log(Object.keys(require.cache).some((name) => name.includes('terminal-kit'))))`,
    )
    for (const words of [['list'], ['rate'], ['top', '--help'], ['man'], ['ipvsadm', '-Ln']]) {
      const printed = await host.exec(process.execPath, '--require', report, LVS, ...words)
      expect(printed.trimEnd().split('\n').at(-1), words.join(' ')).toBe('false')
    }
    const { window } = await startTop(host, `NODE_OPTIONS=--require=${report}`)
    await window.shows(/q quit/)
    await window.press('q')
    await window.shows(/^true\nended with 0$/m)
  })
})

describe('lvs top restores the terminal', () => {
  const byKeys =
    (...keys: readonly string[]) =>
    (window: TerminalWindow) =>
      window.press(...keys)
  const bySignal = (signal: string) => async (window: TerminalWindow) =>
    shell.run(['kill', `-${signal}`, await programIn(window)])

  it.each([
    ['q', 0, byKeys('q')],
    ['Ctrl-C', 130, byKeys('C-c')],
    ['Ctrl-C while something is typed', 130, byKeys('/', 'C-c')],
    ['SIGINT', 130, bySignal('INT')],
    ['SIGTERM', 143, bySignal('TERM')],
    ['SIGHUP', 129, bySignal('HUP')],
    ['SIGQUIT', 131, bySignal('QUIT')],
  ] as const)('on %s, with exit status %d', async (_, status, end) => {
    const { window, modesOf } = await startTop(await makeNamespace())
    await window.shows(/q quit/)
    await end(window)
    expect(await window.shows(/^done$/m)).toBe(`seen before\nended with ${status}\ndone`)
    expect(modesOf('after')).toBe(modesOf('before'))
    expect(await window.flags()).toBe(UNTOUCHED)
  })

  it('on an uncaught error, which is printed below', async () => {
    const host = await makeNamespace()
    const fault = `/tmp/${host.name}.cjs`
    writeFileSync(fault, `process.on('SIGUSR2', () => { throw new Error('out of the blue') })`)
    const { window, modesOf } = await startTop(host, `NODE_OPTIONS=--require=${fault}`)
    await shell.run(['kill', '-USR2', await programIn(window)])
    expect(await window.shows(/^done$/m)).toMatch(
      /^seen before\n[\s\S]*Error: out of the blue\n[\s\S]*^ended with [1-9]\ndone$/m,
    )
    expect(modesOf('after')).toBe(modesOf('before'))
    expect(await window.flags()).toBe(UNTOUCHED)
  })

  it('on Ctrl-Z, until it is continued', async () => {
    const host = await makeNamespace()
    const window = await TerminalWindow.open(host, SIZE, 'env', 'PS1=$ ', 'bash', '--norc')
    await window.shows(/\$$/)
    await window.press(`${process.execPath} ${LVS} top`, 'Enter')
    await window.shows(/q quit/)
    await window.press('C-z')
    await window.shows(/Stopped/)
    expect(await window.flags()).toBe(UNTOUCHED)
    await window.press('fg', 'Enter')
    await window.shows(/q quit/)
    await window.press('q')
    await window.shows(/\bfg\n.*\n\$$/)
    expect(await window.flags()).toBe(UNTOUCHED)
  })

  it('and ends when the terminal is closed', async () => {
    const { window } = await startTop(await makeNamespace())
    const program = await programIn(window)
    await window.close()
    const isThere = async () => existsSync(`/proc/${program}`)
    expect(await waitUntil(isThere, (there) => !there)).toBe(false)
  })
})
