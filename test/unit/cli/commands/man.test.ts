import { expect, it } from 'vitest'
import { printManPage } from '../../../../src/cli/commands/man.ts'
import { createProgram } from '../../../../src/cli/program.ts'
import { CapturedTerminal } from '../../../support/cli/captured-terminal.ts'

it('the manual page lists every command with its options', async () => {
  const program = await createProgram(new CapturedTerminal(() => Promise.reject(new Error())), () => true)
  const lines = printManPage(program, '1.2.3').split('\n')

  expect(lines[0]).toBe('.TH LVS 1 "" "@lvs/netlink 1.2.3" "Linux Virtual Server"')
  expect(lines).toContain('.SS lvs add destination <service> <destination>')
  expect(lines).toContain('.SS lvs cluster\\-node promote')
  expect(lines).toContain('.B \\-\\-persistent [seconds]')
  expect(lines).toContain('Forwarding method: direct routing, NAT or tunnel. One of dr, nat, tun.')
  for (const command of program.commands) {
    expect(
      lines.filter((line) => line.startsWith(`.SS lvs ${command.name().replaceAll('-', '\\-')}`)),
    ).not.toEqual([])
  }
})
