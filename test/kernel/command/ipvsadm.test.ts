import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { IpvsadmComparison, parseCommandLine } from '../../support/kernel/command/ipvsadm-comparison.ts'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'
import { shell } from '../../support/kernel/shell.ts'

const ROOT = join(import.meta.dirname, '../../..')
const PROGRAM = join(ROOT, 'dist/bin/lvs.cjs')
/** One in this many command lines runs as a process, because starting Node.js takes most of the time. */
const PROCESS_EVERY = 20

const TABLES = [
  ...['general', 'spellings', 'options', 'services', 'marks', 'servers', 'order'],
  ...['listings', 'rules', 'names', 'daemons'],
]

describe('lvs ipvsadm behaves as ipvsadm', () => {
  it.each(TABLES)('for the command lines of %s', async (name) => {
    const text = readFileSync(join(ROOT, `test/kernel/command/ipvsadm-cases/${name}.txt`), 'utf8')
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    await nameHosts()
    const duel = await IpvsadmComparison.start(prepare)
    const program = linkProgram()
    for (const [index, line] of lines.entries()) {
      await duel.compare(
        parseCommandLine(line),
        index % PROCESS_EVERY === PROCESS_EVERY - 1 ? { program } : {},
      )
    }
  })
})

const SERVICE = '-t 192.0.2.1:80'
const SERVER = `${SERVICE} -r 192.0.2.2`
const COMMANDS = {
  ...{ '-A': SERVICE, '-E': SERVICE, '-D': SERVICE, '-a': SERVER, '-e': SERVER, '-d': SERVER },
  ...{ '-C': '', '-L': '', '-S': '', '-Z': '', '-R': '', '--set': '900 120 300' },
  ...{ '--start-daemon': 'backup', '--stop-daemon': 'backup' },
}
const OPTIONS = [
  ...['', SERVICE, '-u 192.0.2.1:80', '--sctp-service 192.0.2.1:80', '-f 1', '-f 1 -6', '-6'],
  ...['-s rr', '-p', '-M 255.255.255.0', '--pe sip', '-o', '-b flag-1', '-b sh-port'],
  ...['-r 192.0.2.2', '-g', '-m', '-i', '-w 5', '-x 5', '-x 5 -y 3'],
  ...['-i --tun-type gue --tun-port 5', '--tun-type gue', '--tun-port 5', '--tun-nocsum', '--tun-csum'],
  ...['--tun-remcsum', '-n', '-c', '--timeout', '--daemon', '--stats', '--rate', '--thresholds'],
  ...['--persistent-conn', '--tun-info', '--sort', '--nosort', '--exact', '--mcast-interface d0'],
  ...['--syncid 5', '--sync-maxlen 1400', '--mcast-group 239.0.0.1', '--mcast-port 99', '--mcast-ttl 3'],
]

describe('lvs ipvsadm accepts exactly the options that ipvsadm accepts', () => {
  it.each(Object.entries(COMMANDS))('for %s', async (command, needs) => {
    const duel = await IpvsadmComparison.start(prepare)
    for (const option of OPTIONS) {
      const line = parseCommandLine(`${command} ${needs} ${option}`)
      await duel.compare(line, { compare: option === OPTIONS.at(-1) })
    }
  })
})

describe("Debian's scripts with lvs ipvsadm", () => {
  it('save and restore rules', async () => {
    const [one, other] = [await makeNamespace(), await makeNamespace()]
    await one.restore(RULES)
    await other.restore(['-A -t 192.0.2.9:80 -s rr'])
    await standIn()

    const saved = await one.exec('ipvsadm-save', '-n')
    expect(saved.trimEnd().split('\n')).toEqual(RULES)
    const script = `ipvsadm-restore <<'END'\n# a comment\n${saved}END\n`
    expect(await other.exec('/bin/sh', '-c', script)).toBe('')
    expect(await other.saved()).toEqual(RULES)
  })
})

const RULES = [
  '-A -t 192.0.2.1:80 -s wrr -p 360',
  '-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 3',
  '-a -t 192.0.2.1:80 -r 10.0.0.2:8080 -m -w 0',
  '-A -f 7 -6 -s sh -b sh-port',
]

/** Replaces ipvsadm with this library's program for the test. */
async function standIn(): Promise<void> {
  const path = join(makeDirectory(), 'ipvsadm')
  writeFileSync(path, `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} ipvsadm "$@"\n`, { mode: 0o755 })
  const theirs = (await shell.run(['/bin/sh', '-c', 'command -v ipvsadm'])).trim()
  await shell.run(['mount', '--bind', path, theirs])
  onTestFinished(async () => void (await shell.run(['umount', theirs])))
}

/** Creates interfaces for the daemons. */
async function prepare(namespace: Namespace): Promise<void> {
  await namespace.addDummy('d0', ['192.0.2.1/24', '2001:db8:5::1/64'])
  await namespace.addDummy('d1', [], 'down')
}

const HOSTS = `127.0.0.1 localhost
10.0.0.1 web
10.0.0.2 a-real-server-with-a-very-long-name.example.com alias2
10.0.0.7 seven
2001:db8::1 six.example.com
2001:db8::2 a-real-server-with-a-very-long-name-six.example.com
2001:db8::7 onlysix
`

/** Mounts a hosts file over that of the lab for the test. */
async function nameHosts(): Promise<void> {
  const path = join(makeDirectory(), 'hosts')
  writeFileSync(path, HOSTS)
  await shell.run(['mount', '--bind', path, '/etc/hosts'])
  onTestFinished(async () => void (await shell.run(['umount', '/etc/hosts'])))
}

/** The program under the name ipvsadm. */
function linkProgram(): string {
  const link = join(makeDirectory(), 'ipvsadm')
  symlinkSync(PROGRAM, link)
  return link
}

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'lvs-cli-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
