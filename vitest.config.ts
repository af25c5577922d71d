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

/** Tests of a real kernel that are about what surrounds IPVS; those of hosts and the command have commands of their own. */
const NETWORK = kernelTests('failover*', 'route*', 'sysctl*')
const HOSTS = kernelTests('doctor*', 'roles')
const COMMAND = kernelTests('cli-*')

function kernelTests(...names: readonly string[]): string[] {
  return names.map((name) => `test/kernel/${name}.test.ts`)
}

/** The tests of the kernel once more, against simulated ones. */
const SIMULATED = ['6.1', '6.12', '7.2'].map((version) => ({
  test: {
    name: `simulated-${version}`,
    include: ['test/kernel/*.test.ts'],
    exclude: Object.keys(REAL_ONLY_FILES).map((name) => `test/kernel/${name}`),
    env: { LVS_SIMULATED: version },
    setupFiles: ['test/kernel/simulated-setup.ts'],
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
          include: ['test/kernel/**/*.test.ts'],
          exclude: [...NETWORK, ...HOSTS, ...COMMAND],
          ...oneByOne,
        },
      },
      { test: { name: 'network', include: NETWORK, ...oneByOne } },
      { test: { name: 'hosts', include: HOSTS, ...oneByOne } },
      { test: { name: 'command', include: COMMAND, ...oneByOne } },
      { test: { name: 'scenarios', include: ['test/scenarios/**/*.test.ts'], ...oneByOne } },
      { test: { name: 'pack', include: ['test/pack/**/*.test.ts'], ...oneByOne, testTimeout: 300_000 } },
    ],
  },
})
