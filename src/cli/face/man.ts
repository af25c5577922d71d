import type { Define } from '../commands.ts'
import { readVersion } from '../version.ts'
import { makeProgram } from './lvs.ts'
import { printManPage } from './man-page.ts'
import { showsExamples } from './options.ts'

export const define: Define = (command, screen) => {
  command.action(async () => {
    const program = await makeProgram(screen, () => true)
    screen.print(printManPage(program, readVersion()))
  })
  showsExamples(command, 'lvs man | man -l -')
}
