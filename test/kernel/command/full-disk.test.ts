/** The output of the program on a disk without space. */

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'

const PROGRAM = join(import.meta.dirname, '../../../dist/bin/lvs.cjs')

/** Runs a shell command with the program as `$lvs`; returns its output and at the end its exit status. */
async function sh(host: Namespace, command: string): Promise<string> {
  const setup = `lvs="${process.execPath} --no-warnings ${PROGRAM}"; PATH=$PATH:/sbin:/usr/sbin`
  const output = await host.exec('bash', '-c', `${setup}; { ${command}; }; echo "status $?"`)
  return output.trimEnd()
}

describe('on a full disk', () => {
  it.each([
    'save',
    'save --format json',
    'save --format rules',
    'save --format keepalived',
    'list',
    'list --json',
    'stats',
    'connections',
    'doctor --facts',
    'man',
    'completion bash',
    '--version',
    '--help',
    'ipvsadm -S -n',
    'ipvsadm --version',
  ])('lvs %s fails and says so', async (words) => {
    const host = await makeNamespace()
    await host.restore(['-A -t 192.0.2.1:80 -s rr', '-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g'])
    const output = await sh(host, `$lvs ${words} > /dev/full`)
    expect(output).toMatch(
      /cannot write to standard output: ENOSPC: no space left on device.*\nstatus [1-9]/s,
    )
  })

  it.each(['-L -n', '-L -n --stats', '-L -n -c', '-L --timeout', '-L --daemon'])(
    'lvs ipvsadm %s succeeds, as ipvsadm does',
    async (words) => {
      const host = await makeNamespace()
      expect(await sh(host, `ipvsadm ${words} > /dev/full`)).toBe('status 0')
      expect(await sh(host, `$lvs ipvsadm ${words} > /dev/full`)).toBe('status 0')
    },
  )

  it('a plan that cannot be shown is not applied', async () => {
    const host = await makeNamespace()
    const document = `services: [{ service: "tcp://192.0.2.99:80" }]`
    const output = await sh(host, `echo '${document}' | $lvs apply - --yes > /dev/full`)
    expect(output).toMatch(/ENOSPC.*status 1$/s)
    expect(await host.saved()).toEqual([])
  })

  it('a difference that cannot be shown is trouble, not a difference', async () => {
    const host = await makeNamespace()
    const document = `services: [{ service: "tcp://192.0.2.99:80" }]`
    expect(await sh(host, `echo '${document}' | $lvs diff -`)).toMatch(/\nstatus 1$/)
    expect(await sh(host, `echo '${document}' | $lvs diff - > /dev/full`)).toMatch(/ENOSPC.*status 2$/s)
  })

  it('a table that does not fit fails, and the part that was written is rejected', async () => {
    const host = await makeNamespace()
    const rules = Array.from({ length: 600 }, (_, index) => `-A -t 192.0.2.1:${index + 1} -s rr`)
    await host.restore(rules)
    const folder = `/tmp/full-${process.pid}`
    const mount = `mkdir -p ${folder} && mount -t tmpfs -o size=8k none ${folder}`
    for (const format of ['yaml', 'json', 'rules', 'keepalived']) {
      const options = format === 'keepalived' ? '' : `--format ${format}`
      const file = `${folder}/saved.${format === 'keepalived' ? 'yaml' : format}`
      const command = `$lvs save ${options} > ${file}; echo "save $?"; wc -c < ${file}; $lvs diff ${file} --whole ${options}`
      const output = await sh(host, `${mount} && { ${command}; }; s=$?; umount ${folder}; (exit $s)`)
      expect(output).toMatch(/ENOSPC.*\nsave 1\n8192\n/s)
      expect(output, format).toMatch(/\nstatus 2$/)
    }
  })

  it('the end of a reader is quiet', async () => {
    const host = await makeNamespace()
    const command = `$lvs list | true; echo "\${PIPESTATUS[0]}"; $lvs save | head -c 1 | wc -c`
    expect(await sh(host, command)).toMatch(/^(0|141)\n1\nstatus 0$/)
  })
})
