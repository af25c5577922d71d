import { defineHandler } from './resource-handler.ts'

/** A sysctl by its name; null where the kernel has none, as when its interface is gone. */
export const SYSCTL = defineHandler<string | null>({
  kind: 'sysctl',
  find: async ({ sysctls }, name) => (await sysctls.findText(name)) ?? null,
  async apply({ sysctls }, name, value, found) {
    // One that was not there cannot be made absent; what it belongs to has gone or will go with it.
    if (value !== null && value !== found) await sysctls.setText(name, value)
  },
  equals: (a, b) => a === b,
  format: (value) => value ?? 'none',
})
