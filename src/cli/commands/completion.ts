import { Argument, type Command } from 'commander'
import type { DefineCommand } from '../commands.ts'
import { createProgram } from '../program.ts'
import { addExamples } from './options/options.ts'
import { type CompletionContext, formatCompletion, SHELLS, type Shell } from './output/completion-script.ts'

export const define: DefineCommand = (command, screen) => {
  command.addArgument(new Argument('<shell>').choices(SHELLS)).action(async (shell: Shell) => {
    const program = await createProgram(screen, () => true)
    screen.print(formatCompletion(shell, collectContexts(program)))
  })
  addExamples(
    command,
    'lvs completion bash > /etc/bash_completion.d/lvs',
    'lvs completion zsh >> ~/.zshrc',
    'lvs completion fish > ~/.config/fish/completions/lvs.fish',
  )
}

function collectContexts(program: Command): readonly CompletionContext[] {
  const places: CompletionContext[] = []
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
