import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseKeepalived } from '../../../src/dialect/keepalived/parse-keepalived.ts'
import { readTable } from '../../../src/state/model/table.ts'
import { CONFIGURATIONS } from '../../support/dialect/keepalived-configurations.ts'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'
import { waitUntil } from '../../support/kernel/until.ts'
import { sortedTable } from '../../support/state/compare-tables.ts'

describe('keepalived without checks programs the table that its parsed configuration describes', () => {
  it.each(Object.entries(CONFIGURATIONS))('%s', async (_, text) => {
    const [theirs, ours] = [await busyNamespace(), await busyNamespace()]
    const { desired } = await parseKeepalived(text)
    await ours.ipvs.apply(desired)
    const expected = await readTable(ours.ipvs)

    await startKeepalived(theirs, text)
    const found = await waitUntil(
      () => readTable(theirs.ipvs),
      (table) => JSON.stringify(sortedTable(table)) === JSON.stringify(sortedTable(expected)),
    )
    expect(sortedTable(found)).toEqual(sortedTable(expected))
  })
})

async function busyNamespace(): Promise<Namespace> {
  const namespace = await makeNamespace()
  await namespace.addDummy('eth0', ['192.0.2.1/24', '2001:db8::1/64'])
  return namespace
}

async function startKeepalived(namespace: Namespace, text: string): Promise<void> {
  const directory = mkdtempSync('/run/lvs-keepalived-')
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'keepalived.conf')
  writeFileSync(path, text)
  const words = ['--', '--dont-fork', '--check', '--log-console', '--use-file', path]
  const files = ['--pid', join(directory, 'pid'), '--checkers_pid', join(directory, 'checkers')]
  const program = await namespace.start(
    `const { spawn } = require('node:child_process')
     const child = spawn('keepalived', process.argv.slice(1), { stdio: ['ignore', 'ignore', 'ignore'] })
     child.on('spawn', () => console.log('started'))
     process.stdin.on('end', () => child.kill()).resume()`,
    ...words,
    ...files,
  )
  onTestFinished(() => {
    program.stdin?.end()
  })
}
