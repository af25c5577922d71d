import type { LinkInput } from '../../route/model/link.ts'
import { register } from './resource-handler.ts'

/** A tunnel interface that this library makes, by its name; null where there is none. */
export const DEVICE = register<Omit<LinkInput, 'name'> | null>({
  kind: 'device',
  async find({ network }, name) {
    const kind = (await network.link(name))?.kind
    return kind === undefined ? null : { kind: kind as LinkInput['kind'] }
  },
  async put({ network }, name, value) {
    if (value === null) await network.ensureNoLink(name)
    else await network.ensureLink({ name, ...value })
  },
  same: (a, b) => a?.kind === b?.kind,
  show: (value) => value?.kind ?? 'none',
})
