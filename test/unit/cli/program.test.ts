import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../src/cli/commands.ts'
import { createProgram, runProgram } from '../../../src/cli/program.ts'
import { IpvsUnavailableError } from '../../../src/errors.ts'
import { CapturedTerminal } from '../../support/cli/captured-terminal.ts'
import { open } from '../../support/ipvs/fake-kernel.ts'

const ESRCH = 3
/** Errors that occur only after the command line was accepted. */
const BEYOND = /ENOENT|is empty|no terminal|the kernel was asked/
const never = () => Promise.reject(new Error('the kernel was asked'))

async function run(line: string, terminal = new CapturedTerminal(never)) {
  const status = await runProgram(line.split(' '), terminal)
  return { status, printed: terminal.printed, errors: terminal.errors }
}

describe('a usage error is one sentence with the accepted values, and has status 2', () => {
  it.each([
    ['lst', "lvs: unknown command 'lst'; did you mean list?"],
    ['add servise x', "lvs: unknown command 'servise'; did you mean service?"],
    ['list --jsno', "lvs: unknown option '--jsno'; did you mean --json?"],
    ['add service', "lvs: missing required argument 'service'"],
    ['list --watch 0', "lvs: --watch '0' is invalid: expected a number from 0.1 to 86400"],
    ['add service tcp://192.0.2.1', /service 'tcp:\/\/192.0.2.1' is invalid: expected tcp:\/\/192.0.2.1:80/],
    [
      'add destination tcp://192.0.2.1:80 10.0.0.1:x',
      /'10.0.0.1:x' is invalid: expected 10.0.0.1, 10.0.0.1:80/,
    ],
    [
      'add destination tcp://192.0.2.1:80 10.0.0.1 --forwarding route',
      "lvs: --forwarding 'route' is invalid: allowed choices are dr, nat, tun",
    ],
    ['add destination tcp://192.0.2.1:80 10.0.0.1 --tunnel gue', /gue with a port, such as gue:6080/],
    ['set service tcp://192.0.2.1:80', /nothing to change; lvs set service --help/],
    ['set destination tcp://192.0.2.1:80 10.0.0.1', /; lvs set destination --help/],
    ['top', /requires a terminal as standard input and output/],
    ['top --interval 0', /--interval '0' is invalid: expected a number from 0.1 to 3600/],
    ['completion csh', "lvs: shell 'csh' is invalid: allowed choices are bash, zsh, fish"],
  ])('%s', async (line, error) => {
    expect(await run(line)).toEqual({
      status: 2,
      printed: '',
      errors: [typeof error === 'string' ? error : expect.stringMatching(error)],
    })
  })

  it('also for a value that the library rejects', async () => {
    const { ipvs } = await open()
    const terminal = new CapturedTerminal(() => Promise.resolve(ipvs))
    expect(await run('add destination tcp://192.0.2.1:80 10.0.0.1 --lower 5', terminal)).toMatchObject({
      status: 2,
      errors: [expect.stringMatching(/^lvs: lowerThreshold must be at most upperThreshold/)],
    })
  })
})

describe('a failure has status 1', () => {
  it('and names commands where an explanation names methods of the library', async () => {
    const { ipvs, kernel } = await open()
    kernel.script.DEL_SERVICE = () => ({ errno: ESRCH })
    const terminal = new CapturedTerminal(() => Promise.resolve(ipvs))
    expect(await run('remove service tcp://192.0.2.1:80', terminal)).toEqual({
      status: 1,
      printed: '',
      errors: [
        'lvs: tcp://192.0.2.1:80: no such virtual service; add it with lvs add service, or list the existing ones with lvs list',
      ],
    })
  })

  it('if the kernel has no IPVS', async () => {
    const terminal = new CapturedTerminal(() => Promise.reject(new IpvsUnavailableError('no IPVS here')))
    expect(await run('list', terminal)).toEqual({ status: 1, printed: '', errors: ['lvs: no IPVS here'] })
  })
})

describe('help', () => {
  it('of the program lists every command', async () => {
    const { status, printed } = await run('--help')
    expect(status).toBe(0)
    for (const { name, summary } of COMMANDS)
      expect(printed).toMatch(new RegExp(`${name}(\\|\\w+)? .*${summary}`))
    expect(await run('')).toMatchObject({ status: 2 })
  })

  it('of every command has examples that the program accepts', async () => {
    const program = await createProgram(new CapturedTerminal(never), () => true)
    for (const command of program.commands.filter((each) => each.name() !== 'ipvsadm')) {
      const { status, printed } = await run(`${command.name()} --help`)
      expect(status).toBe(0)
      const examples = [...printed.split('\nExamples:\n')[1]!.matchAll(/^ {2}.*?\blvs (\w[^|>\n]*)/gm)].map(
        ([, words = '']) => words.trim(),
      )
      expect(examples.length).toBeGreaterThan(0)
      // Each example prints something, or fails at the kernel or at a file that does not exist here.
      for (const example of examples) {
        const terminal = new CapturedTerminal(never)
        terminal.isInteractive = true
        const { status, errors } = await run(example, terminal)
        if (!errors.some((text) => BEYOND.test(text))) expect(status).not.toBe(2)
      }
    }
  })

  it('includes the version', async () => {
    expect(await run('--version')).toEqual({
      status: 0,
      printed: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      errors: [],
    })
  })
})

describe('the completion script', () => {
  it('completes commands, options and choices in bash', async () => {
    const { printed } = await run('completion bash')
    const complete = (line: string) => {
      const words = line.split(' ')
      const script = `${printed}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})\nCOMP_CWORD=${words.length - 1}\n_lvs\necho "\${COMPREPLY[*]}"`
      return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split(' ')
    }
    expect(complete('lvs dir')).toEqual(['director'])
    expect(complete('lvs cluster-node ')).toEqual(['up', 'promote', 'demote', 'down', 'status', '--help'])
    expect(complete('lvs cluster-node promote --s')).toContain('--sync-id')
    expect(complete('lvs real-server --netns x up --tun')).toEqual([
      '--tunnel',
      '--tunnel-family',
      '--tunnel-device',
    ])
    expect(complete('lvs apply lvs.yaml --set')).toEqual(['--set', '--set-directory'])
    expect(complete('lvs doctor --f')).toEqual(['--forwarding', '--format', '--facts', '--from', '--fix'])
  })

  it.each(['bash', 'zsh', 'fish'])('for %s has the commands and their options', async (shell) => {
    const { status, printed } = await run(`completion ${shell}`)
    expect(status).toBe(0)
    expect(printed).toMatch(/\bconnections\b/)
    expect(printed).toMatch(/(--|-l )scheduler\b/)
  })
})
