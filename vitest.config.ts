import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { REAL_ONLY_FILES } from './test/support/kernel/real-only.ts'

/** Tests of the addon and of a real kernel share one machine: one file at a time, in one process, after the others. */
const oneByOne = {
  sequence: { groupOrder: 1 },
  fileParallelism: false,
  isolate: false,
  pool: 'forks',
  testTimeout: 120_000,
  hookTimeout: 120_000,
} as const

/** The tests of the kernel once more, against simulated ones. */
const SIMULATED = ['6.1', '6.12', '7.2'].map((version) => ({
  test: {
    name: `simulated-${version}`,
    include: ['test/kernel/**/*.test.ts'],
    exclude: Object.keys(REAL_ONLY_FILES).map((name) => `test/kernel/${name}`),
    env: { LVS_SIMULATED: version },
    setupFiles: ['test/support/kernel/simulated-setup.ts'],
    isolate: false,
    testTimeout: 60_000,
  },
}))

export default defineConfig({
  test: {
    // By itself vitest leaves one processor free, which is half of two.
    maxWorkers: availableParallelism(),
    reporters: process.env['CI'] === undefined ? ['default'] : [['default', { summary: false }]],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'docs/examples/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      ...SIMULATED,
      { test: { name: 'native', include: ['test/native/**/*.test.ts'], ...oneByOne } },
      {
        test: {
          name: 'kernel',
          include: ['test/kernel/{ipvs,state,conformance,compare}/**/*.test.ts'],
          ...oneByOne,
        },
      },
      { test: { name: 'network', include: ['test/kernel/network/**/*.test.ts'], ...oneByOne } },
      { test: { name: 'hosts', include: ['test/kernel/host/**/*.test.ts'], ...oneByOne } },
      { test: { name: 'command', include: ['test/kernel/command/**/*.test.ts'], ...oneByOne } },
      { test: { name: 'scenarios', include: ['test/scenarios/**/*.test.ts'], ...oneByOne } },
      { test: { name: 'pack', include: ['test/pack/**/*.test.ts'], ...oneByOne, testTimeout: 300_000 } },
    ],
  },
})
