import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CapturedTerminal } from '../../../support/cli/captured-terminal.ts'
import { runLine } from '../../../support/cli/run-line.ts'
import { makeKernel } from '../../../support/testing/make-kernel.ts'

const SERVER =
  'virtual_server 192.0.2.10 80 {\nprotocol TCP\nlvs_sched rr\nreal_server 192.0.2.20 80 {\n}\n}\n'

/** A table with a service, `tcp://192.0.2.10:80` with 192.0.2.20, and a keepalived.conf. */
async function makeTable(text: string) {
  const { ipvs } = await makeKernel([1])
  const folder = mkdtempSync(join(tmpdir(), 'lvs-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'keepalived.conf')
  writeFileSync(file, text)
  const run = (line: string) =>
    runLine(line.replace('FILE', file), new CapturedTerminal(() => Promise.resolve(ipvs)))
  return { ipvs, file, run }
}

describe('lvs diff keepalived.conf', () => {
  it('removes nothing if the file is for VRRP alone, and says so', async () => {
    const { run, file } = await makeTable('vrrp_instance V {\nstate MASTER\n}\n')
    expect(await run('diff FILE --whole')).toMatchObject({
      status: 0,
      errors: [
        `lvs: ${file}: only virtual servers are read, not 1 vrrp_instance`,
        `lvs: ${file} has no virtual_server; services stay as they are`,
      ],
    })
  })

  it('says which parts of the file are not applied', async () => {
    const { run, file } = await makeTable(SERVER.replace('80 {\n}', '80 {\nTCP_CHECK {\n}\n}'))
    expect(await run('diff FILE --whole')).toMatchObject({
      status: 0,
      errors: [`lvs: ${file}: only virtual servers are read, not checks of 1 real server`],
    })
  })

  it('refuses a line that keepalived passes over, but for --lenient, which lists it', async () => {
    const { run, file } = await makeTable(SERVER.replace('lvs_sched rr', 'lvs_sched rr\nlvs_sched hashed'))
    expect(await run('diff FILE --whole')).toMatchObject({
      status: 2,
      errors: [`lvs: ${file}:4:1: unknown scheduler hashed`],
    })
    expect(await run('diff FILE --whole --lenient')).toMatchObject({
      status: 0,
      errors: [`lvs: passed over: ${file}:4: unknown scheduler hashed`],
    })
  })

  it('reads the configuration that --id names', async () => {
    const { run } = await makeTable(`@one ${SERVER.replaceAll('\n', '\n@one ')}\n@^one vrrp_instance V { }\n`)
    expect(await run('diff FILE --whole --id one')).toMatchObject({ status: 0, errors: [] })
  })

  it.each([
    ['net_namespace blue', 'is for the network namespace blue; add --netns blue'],
    ['net_namespace_ipvs', 'is for the initial network namespace; add --netns /proc/1/ns/net'],
  ])('requires --netns for a file with %s', async (line, message) => {
    const { run, file } = await makeTable(`${line}\n${SERVER}`)
    const { status, errors } = await run('diff FILE --whole')
    expect([status, errors.join()]).toEqual([2, expect.stringContaining(`${file} ${message}`)])
    expect(await run('diff FILE --whole --netns other')).toMatchObject({ status: 0 })
  })

  it('refuses --lenient and --id for other formats', async () => {
    const { run } = await makeTable('services: []')
    expect(await run('diff FILE --format yaml --lenient')).toMatchObject({
      status: 2,
      errors: [expect.stringContaining('--lenient and --id are for keepalived.conf')],
    })
  })
})
