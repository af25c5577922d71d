import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readKeepalived } from '../../../../src/dialect/keepalived/read-keepalived.ts'

const REAL = 'real_server 192.0.2.10 80 {\n}'

it('includes files relative to the file that names them', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'lvs-keepalived-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  mkdirSync(join(directory, 'conf.d'))
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text)
  write('keepalived.conf', 'include conf.d/*.conf\n')
  write('conf.d/b.conf', `virtual_server 10.0.0.2 80 {\nlvs_sched nosuch\n${REAL}\n}`)
  write('conf.d/a.conf', `include ../{c,d}.inc\nvirtual_server 10.0.0.1 80 {\n${REAL}\n}`)
  write('c.inc', `virtual_server 10.0.0.3 80 {\n${REAL}\n}`)
  write('d.inc', '')
  const path = join(directory, 'keepalived.conf')
  const { desired } = await readKeepalived(path, { lenient: true })
  expect(desired.services?.map(({ service }) => service)).toEqual(
    [3, 1, 2].map((host) => `udp://10.0.0.${host}:80`),
  )
  await expect(readKeepalived(path)).rejects.toThrow(
    `${directory}/conf.d/b.conf:2:1: unknown scheduler nosuch`,
  )
  write('c.inc', 'include c.inc')
  await expect(readKeepalived(path)).rejects.toThrow('c.inc includes itself')
})
