import { serviceKey } from '../../dialect/ipvsadm/parse/changes.ts'
import type { Columns, Command } from '../../dialect/ipvsadm/parse/command.ts'
import { Complaint } from './complaint.ts'
import type { Draft } from '../../dialect/ipvsadm/parse/draft.ts'

/** The first of these that was given decides. */
const COLUMNS = [
  'stats',
  'rate',
  'thresholds',
  'persistent-conn',
  'tun-info',
] as const satisfies readonly Columns[]

/** What `-L` was asked to list. */
export function listing(draft: Draft): Command {
  const { given } = draft
  const asked = COLUMNS.filter((columns) => given.has(columns))
  const columns: Columns = asked[0] ?? 'plain'
  const numeric = given.has('numeric')
  if (given.has('connection')) {
    refuse(asked, ['persistent-conn', 'tun-info'])
    return { action: 'connections', numeric, engines: given.has('persistent-conn') }
  }
  if (given.has('timeout') || given.has('daemon')) {
    refuse(asked, ['tun-info'])
    return { action: given.has('timeout') ? 'timeouts' : 'daemons' }
  }
  const service = given.has('service-address') ? serviceKey(draft) : undefined
  const format = { columns, numeric, exact: given.has('exact'), sorted: !given.has('nosort') }
  return { action: 'list', service, format }
}

/** Columns that another listing does not have. */
function refuse(asked: readonly Columns[], allowed: readonly Columns[]): void {
  if (asked.some((columns) => !allowed.includes(columns))) {
    throw new Complaint('options conflicts in the list command')
  }
}
