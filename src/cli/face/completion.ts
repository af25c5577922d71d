import { Argument, type Command } from 'commander'
import type { Define } from '../commands.ts'
import { completionFor, SHELLS, type Shell, type Words } from './completion-script.ts'
import { makeProgram } from './lvs.ts'
import { showsExamples } from './options.ts'

export const define: Define = (command, screen) => {
  command.addArgument(new Argument('<shell>').choices(SHELLS)).action(async (shell: Shell) => {
    const program = await makeProgram(screen, () => true)
    screen.print(completionFor(shell, wordsOf(program)))
  })
  showsExamples(
    command,
    'lvs completion bash > /etc/bash_completion.d/lvs',
    'lvs completion zsh >> ~/.zshrc',
    'lvs completion fish > ~/.config/fish/completions/lvs.fish',
  )
}

/** The words that may follow each command, by the words that lead to it. */
function wordsOf(program: Command): Words {
  const found = new Map<string, readonly string[]>()
  const visit = (command: Command, path: readonly string[]) => {
    const options = command.options.map(({ long }) => long ?? '').filter((long) => long !== '')
    const names = command.commands.map((each) => each.name())
    found.set(path.join(' '), [...names, ...options, '--help'])
    for (const each of command.commands) visit(each, [...path, each.name()])
  }
  visit(program, [])
  return found
}
