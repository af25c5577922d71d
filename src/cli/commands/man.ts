import type { Define } from '../commands.ts'
import { readVersion } from '../version.ts'
import { makeProgram } from '../program.ts'
import { printManPage } from './output/man-page.ts'
import { showsExamples } from './options/options.ts'

export const define: Define = (command, screen) => {
  command.action(async () => {
    const program = await makeProgram(screen, () => true)
    screen.print(printManPage(program, readVersion()))
  })
  showsExamples(command, 'lvs man | man -l -')
}
