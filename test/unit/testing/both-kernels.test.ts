/** The tests of test/kernel that also run against simulated kernels: all except those on the list. */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PROFILES } from '../../../src/testing/ipvs/profile.ts'
import config from '../../../vitest.config.ts'
import { REAL_ONLY_FILES, REAL_ONLY_TESTS } from '../../support/kernel/real-only.ts'

const files = readdirSync(join(import.meta.dirname, '../../kernel'), {
  recursive: true,
  encoding: 'utf8',
}).filter((name) => name.endsWith('.test.ts'))
const patterns = Object.keys(REAL_ONLY_FILES).map(
  (name) => new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '.*')}$`),
)
const onBoth = files.filter((name) => !patterns.some((pattern) => pattern.test(name)))

it('each known kernel has a project with all files except those on the list', () => {
  const projects = (config.test?.projects ?? []).flatMap((project) =>
    typeof project === 'object' && 'test' in project ? [project.test ?? {}] : [],
  )
  const simulated = projects.filter(({ env }) => env?.['LVS_SIMULATED'] !== undefined)
  expect(simulated.map(({ env }) => env?.['LVS_SIMULATED'])).toEqual(Object.keys(PROFILES))
  for (const { include, exclude } of simulated) {
    expect(include).toEqual(['test/kernel/**/*.test.ts'])
    expect(exclude).toEqual(Object.keys(REAL_ONLY_FILES).map((name) => `test/kernel/${name}`))
  }
  expect(onBoth.length).toBeGreaterThan(20)
})

it('every entry of the list matches a file', () => {
  for (const pattern of patterns) expect(files).toContainEqual(expect.stringMatching(pattern))
  // simulated-setup.ts checks during the runs that the single tests exist.
  for (const name of Object.keys(REAL_ONLY_TESTS)) expect(onBoth).toContain(name)
})

it('every entry of the list has a reason', () => {
  const reasons = [REAL_ONLY_FILES, ...Object.values(REAL_ONLY_TESTS)].flatMap((list) => Object.values(list))
  for (const reason of reasons) expect(reason).toMatch(/\w+ \w+/)
})
