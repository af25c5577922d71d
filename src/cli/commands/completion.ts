import { Argument, type Command } from 'commander'
import type { Define } from '../commands.ts'
import { completionFor, type Place, SHELLS, type Shell } from './output/completion-script.ts'
import { makeProgram } from '../program.ts'
import { showsExamples } from './options/options.ts'

export const define: Define = (command, screen) => {
  command.addArgument(new Argument('<shell>').choices(SHELLS)).action(async (shell: Shell) => {
    const program = await makeProgram(screen, () => true)
    screen.print(completionFor(shell, placesOf(program)))
  })
  showsExamples(
    command,
    'lvs completion bash > /etc/bash_completion.d/lvs',
    'lvs completion zsh >> ~/.zshrc',
    'lvs completion fish > ~/.config/fish/completions/lvs.fish',
  )
}

function placesOf(program: Command): readonly Place[] {
  const places: Place[] = []
  const visit = (command: Command, path: readonly string[]) => {
    const options = command.options.filter(({ long }) => long != null)
    const names = command.commands.map((each) => each.name())
    const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices)
    places.push({
      path: path.join(' '),
      words: [...names, ...choices, ...options.map(({ long }) => String(long)), '--help'],
      values: new Map(
        options
          .filter(({ required, optional }) => required || optional)
          .map(({ long, argChoices = [] }) => [String(long), argChoices]),
      ),
    })
    for (const each of command.commands) visit(each, [...path, each.name()])
  }
  visit(program, [])
  return places
}
