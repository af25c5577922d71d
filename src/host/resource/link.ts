import { register } from './resource-handler.ts'

/** Whether a network interface is up; null where there is none of that name. */
export const LINK = register<boolean | null>({
  kind: 'link',
  find: async ({ network }, name) => (await network.link(name))?.up ?? null,
  async put({ network }, name, value, found) {
    if (value !== null && value !== found) await network.updateLink(name, { up: value })
  },
  same: (a, b) => a === b,
  show: (value) => (value === null ? 'none' : value ? 'up' : 'down'),
})
