import type { LinkInput } from '../../route/model/link.ts'
import { defineHandler } from './resource-handler.ts'

/** A tunnel interface that this library makes, by its name; null where there is none. */
export const DEVICE = defineHandler<Omit<LinkInput, 'name'> | null>({
  kind: 'device',
  async find({ network }, name) {
    const kind = (await network.findLink(name))?.kind
    return kind === undefined ? null : { kind: kind as LinkInput['kind'] }
  },
  async apply({ network }, name, value) {
    if (value === null) await network.ensureNoLink(name)
    else await network.ensureLink({ name, ...value })
  },
  equals: (a, b) => a?.kind === b?.kind,
  format: (value) => value?.kind ?? 'none',
})
