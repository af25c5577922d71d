import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../src/cli/commands.ts'
import { createProgram, runProgram } from '../../../src/cli/program.ts'
import { IpvsUnavailableError } from '../../../src/errors.ts'
import { CapturedTerminal } from '../../support/cli/captured-terminal.ts'
import { open } from '../../support/ipvs/fake-kernel.ts'

const ESRCH = 3
/** What is wrong where a command line is right. */
const BEYOND = /ENOENT|is empty|no terminal|the kernel was asked/
const never = () => Promise.reject(new Error('the kernel was asked'))

async function run(line: string, screen = new CapturedTerminal(never)) {
  const status = await runProgram(line.split(' '), screen)
  return { status, printed: screen.printed, errors: screen.errors }
}

describe('a mistake is told in one sentence, with what was meant, and ends with 2', () => {
  it.each([
    ['lst', "lvs: unknown command 'lst'; did you mean list?"],
    ['add servise x', "lvs: unknown command 'servise'; did you mean service?"],
    ['list --jsno', "lvs: unknown option '--jsno'; did you mean --json?"],
    ['add service', "lvs: missing required argument 'service'"],
    ['list --watch 0', "lvs: --watch '0' is wrong: it must be a number from 0.1 to 86400."],
    [
      'add service tcp://192.0.2.1',
      /service 'tcp:\/\/192.0.2.1' is wrong: it must be written tcp:\/\/192.0.2.1:80/,
    ],
    [
      'add destination tcp://192.0.2.1:80 10.0.0.1:x',
      /'10.0.0.1:x' is wrong: it must be written 10.0.0.1, 10.0.0.1:80/,
    ],
    [
      'add destination tcp://192.0.2.1:80 10.0.0.1 --forwarding route',
      "lvs: --forwarding 'route' is wrong: allowed choices are dr, nat, tun.",
    ],
    ['add destination tcp://192.0.2.1:80 10.0.0.1 --tunnel gue', /gue with a port, such as gue:6080/],
    ['set service tcp://192.0.2.1:80', /nothing was named that should change; lvs set service --help/],
    ['set destination tcp://192.0.2.1:80 10.0.0.1', /; lvs set destination --help/],
    ['top', /needs a terminal for its input and output/],
    ['top --interval 0', /--interval '0' is wrong: it must be a number from 0.1 to 3600/],
    ['completion csh', "lvs: shell 'csh' is wrong: allowed choices are bash, zsh, fish."],
  ])('%s', async (line, error) => {
    expect(await run(line)).toEqual({
      status: 2,
      printed: '',
      errors: [typeof error === 'string' ? error : expect.stringMatching(error)],
    })
  })

  it('of a value that the library refuses too', async () => {
    const { ipvs } = await open()
    const screen = new CapturedTerminal(() => Promise.resolve(ipvs))
    expect(await run('add destination tcp://192.0.2.1:80 10.0.0.1 --lower 5', screen)).toMatchObject({
      status: 2,
      errors: [expect.stringMatching(/^lvs: lowerThreshold must be at most upperThreshold/)],
    })
  })
})

describe('a refusal ends with 1', () => {
  it('of the kernel, in the words of this program', async () => {
    const { ipvs, kernel } = await open()
    kernel.script.DEL_SERVICE = () => ({ errno: ESRCH })
    const screen = new CapturedTerminal(() => Promise.resolve(ipvs))
    expect(await run('remove service tcp://192.0.2.1:80', screen)).toEqual({
      status: 1,
      printed: '',
      errors: [
        'lvs: tcp://192.0.2.1:80: there is no such virtual service; add it with lvs add service, lvs list lists those there are',
      ],
    })
  })

  it('where there is no IPVS', async () => {
    const screen = new CapturedTerminal(() => Promise.reject(new IpvsUnavailableError('no IPVS here')))
    expect(await run('list', screen)).toEqual({ status: 1, printed: '', errors: ['lvs: no IPVS here'] })
  })
})

describe('help', () => {
  it('of the program names every command, and loads none', async () => {
    const { status, printed } = await run('--help')
    expect(status).toBe(0)
    for (const { name, summary } of COMMANDS)
      expect(printed).toMatch(new RegExp(`${name}(\\|\\w+)? .*${summary}`))
    expect(await run('')).toMatchObject({ status: 2 })
  })

  it('of every command has examples that the program takes', async () => {
    const program = await createProgram(new CapturedTerminal(never), () => true)
    for (const command of program.commands.filter((each) => each.name() !== 'ipvsadm')) {
      const { status, printed } = await run(`${command.name()} --help`)
      expect(status).toBe(0)
      const examples = [...printed.split('\nExamples:\n')[1]!.matchAll(/^ {2}.*?\blvs (\w[^|>\n]*)/gm)].map(
        ([, words = '']) => words.trim(),
      )
      expect(examples.length).toBeGreaterThan(0)
      // They go as far as the kernel, or print, or to a file that is not here.
      for (const example of examples) {
        const screen = new CapturedTerminal(never)
        screen.isInteractive = true
        const { status, errors } = await run(example, screen)
        if (!errors.some((text) => BEYOND.test(text))) expect(status).not.toBe(2)
      }
    }
  })

  it('tells the version', async () => {
    expect(await run('--version')).toEqual({
      status: 0,
      printed: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      errors: [],
    })
  })
})

describe('completion', () => {
  it('completes what a command line goes on with, in bash', async () => {
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
    expect(complete('lvs doctor --f')).toEqual(['--format', '--facts', '--from', '--fix'])
  })

  it.each(['bash', 'zsh', 'fish'])('of %s has the commands and their options', async (shell) => {
    const { status, printed } = await run(`completion ${shell}`)
    expect(status).toBe(0)
    expect(printed).toMatch(/\bconnections\b/)
    expect(printed).toMatch(/(--|-l )scheduler\b/)
  })
})
