import type { DefineCommand } from '../commands.ts'
import { createProgram } from '../program.ts'
import { readVersion } from '../version.ts'
import { addExamples } from './options/options.ts'
import { printManPage } from './output/man-page.ts'

export const define: DefineCommand = (command, screen) => {
  command.action(async () => {
    const program = await createProgram(screen, () => true)
    screen.print(printManPage(program, readVersion()))
  })
  addExamples(command, 'lvs man | man -l -')
}
