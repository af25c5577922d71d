// Measures `lvs ipvsadm` against ipvsadm in the lab, process start included:
//
//   npm run lab -- node test/kernel/command/measure.mjs [start] [restore LINES]...
//
// `start`: listing an empty table, against `node -e 0`. `restore`: restoring this many rules, and comparing the tables.
import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { release, tmpdir } from 'node:os'
import { join } from 'node:path'

const PROGRAM = join(import.meta.dirname, '../../../dist/bin/lvs.cjs')
const OURS = [process.execPath, PROGRAM, 'ipvsadm']
const THEIRS = ['ipvsadm']
const DESTINATIONS = 10
const STARTS = 9

const words = process.argv.slice(2)
if (words.length === 0) words.push('start', 'restore', '11000')
console.log(`${process.env.LVS_LAB ?? ''} Linux ${release()}, Node.js ${process.version}`)
while (words.length > 0) {
  const word = words.shift()
  if (word === 'start') measureStart()
  else if (word === 'restore') measureRestore(Number(words.shift()))
}

function measureStart() {
  inNamespace((netns) => {
    const commands = {
      'node -e 0': [process.execPath, '-e', '0'],
      'lvs ipvsadm -Ln': [...OURS, '-Ln'],
      'ipvsadm -Ln': [...THEIRS, '-Ln'],
    }
    const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]))
    // Alternates the commands so that conditions are equal; the first round is a warm-up.
    for (let round = 0; round <= STARTS; round++) {
      for (const [name, command] of Object.entries(commands)) {
        const { seconds } = run(netns, command)
        if (round > 0) times[name].push(seconds)
      }
    }
    const base = median(times['node -e 0'])
    for (const [name, all] of Object.entries(times)) {
      console.log(`${name}: ${ms(median(all))} (${(median(all) / base).toFixed(2)} of node -e 0)`)
    }
  })
}

function measureRestore(lines) {
  const file = join(tmpdir(), `rules-${process.pid}`)
  writeFileSync(file, rules(lines))
  const [theirs, ours] = [THEIRS, OURS].map((command) =>
    inNamespace((netns) => {
      const { seconds, status } = run(netns, [...command, '-R'], file)
      const saved = run(netns, [...THEIRS, '-S', '-n']).stdout
      const savedByUs = command === OURS ? run(netns, [...OURS, '-S', '-n']) : undefined
      return { seconds, status, saved, savedByUs }
    }),
  )
  rmSync(file)
  const sorted = (text) => text.split('\n').sort().join('\n')
  const isSame = sorted(theirs.saved) === sorted(ours.saved)
  console.log(
    `-R of ${lines} lines: ipvsadm ${ms(theirs.seconds)} (${theirs.status}), lvs ${ms(ours.seconds)} (${ours.status}), ${(theirs.seconds / ours.seconds).toFixed(1)} times as fast`,
  )
  console.log(
    `  the same table: ${isSame}, ${theirs.saved.split('\n').length - 1} rules; -S of both the same: ${ours.savedByUs.stdout === ours.saved} (lvs ${ms(ours.savedByUs.seconds)})`,
  )
}

function rules(lines) {
  let text = ''
  for (let line = 0, service = 0; line < lines; service++) {
    const address = `10.${service >> 8}.${service & 255}.1:80`
    text += `-A -t ${address} -s wlc\n`
    line++
    for (let server = 1; server <= DESTINATIONS && line < lines; server++, line++) {
      text += `-a -t ${address} -r 10.200.${service & 255}.${server}:80 -m -w ${server}\n`
    }
  }
  return text
}

function inNamespace(work) {
  const name = `measure-${process.pid}`
  execFileSync('ip', ['netns', 'add', name])
  execFileSync('ip', ['-n', name, 'link', 'set', 'lo', 'up'])
  try {
    return work(name)
  } finally {
    execFileSync('ip', ['netns', 'delete', name])
  }
}

function run(netns, command, file = '/dev/null') {
  const input = openSync(file)
  const start = performance.now()
  const { status, stdout } = spawnSync('ip', ['netns', 'exec', netns, ...command], {
    stdio: [input, 'pipe', 'inherit'],
    maxBuffer: 2 ** 30,
    encoding: 'utf8',
  })
  const seconds = (performance.now() - start) / 1000
  closeSync(input)
  return { seconds, status, stdout }
}

function median(values) {
  return values.toSorted((one, other) => one - other)[values.length >> 1]
}

function ms(seconds) {
  return `${(seconds * 1000).toFixed(0)} ms`
}
