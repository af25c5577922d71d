import { defineHandler } from './resource-handler.ts'

/** Whether a network interface is up; null where there is none of that name. */
export const LINK = defineHandler<boolean | null>({
  kind: 'link',
  find: async ({ network }, name) => (await network.findLink(name))?.up ?? null,
  async apply({ network }, name, value, found) {
    if (value !== null && value !== found) await network.updateLink(name, { up: value })
  },
  equals: (a, b) => a === b,
  format: (value) => (value === null ? 'none' : value ? 'up' : 'down'),
})
