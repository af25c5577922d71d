/** Setup of the simulated projects: skips the tests that need a real kernel. */

import { beforeAll, beforeEach, type RunnerTask } from 'vitest'
import { REAL_ONLY_TESTS } from './real-only.ts'

function listedFor(file: string): Readonly<Record<string, string>> {
  return REAL_ONLY_TESTS[file.slice('test/kernel/'.length)] ?? {}
}

function nameOf({ name, suite }: RunnerTask): string {
  return suite === undefined || suite.type !== 'suite' || suite === suite.file
    ? name
    : `${nameOf(suite)} > ${name}`
}

function* testsIn(tasks: readonly RunnerTask[]): Iterable<string> {
  for (const task of tasks) {
    if (task.type === 'suite') yield* testsIn(task.tasks)
    else yield nameOf(task)
  }
}

// biome-ignore lint/correctness/noEmptyPattern: vitest requires a pattern to determine the fixtures of a hook
beforeAll(({}, file) => {
  const names = new Set(testsIn(file.tasks))
  const unknown = Object.keys(listedFor(file.name)).filter((name) => !names.has(name))
  if (unknown.length > 0) throw new Error(`real-only.ts lists tests that do not exist: ${unknown.join('; ')}`)
})

beforeEach(({ task, skip }) => {
  const reason = listedFor(task.file.name)[nameOf(task)]
  if (reason !== undefined) skip(`needs a real kernel: ${reason}`)
})
