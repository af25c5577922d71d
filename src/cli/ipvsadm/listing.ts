import { IpvsadmError } from '../../dialect/ipvsadm/parse/ipvsadm-error.ts'
import type { ParsedOptions } from '../../dialect/ipvsadm/parse/parsed-options.ts'
import { toServiceKey } from '../../dialect/ipvsadm/parse/parsed-rule.ts'
import type { ListingColumns, ListingFormat } from '../../dialect/ipvsadm/print/print-table.ts'
import type { ResolvedServiceKey } from '../../ipvs/model/service-key.ts'

/** The listings of `-L`: the table or one service of it, the connections, the timeouts or the daemons. */
export type ListingCommand =
  | {
      readonly action: 'list'
      readonly service: ResolvedServiceKey | undefined
      readonly format: ListingFormat
    }
  | { readonly action: 'connections'; readonly numeric: boolean; readonly engines: boolean }
  | { readonly action: 'timeouts' | 'daemons' }

/** In order of precedence: the first of these options that is given determines the columns. */
const COLUMNS = [
  'stats',
  'rate',
  'thresholds',
  'persistent-conn',
  'tun-info',
] as const satisfies readonly ListingColumns[]

/** Determines the listing of `-L`. */
export function toListingCommand(options: ParsedOptions): ListingCommand {
  const { given } = options
  const requested = COLUMNS.filter((columns) => given.has(columns))
  const numeric = given.has('numeric')
  if (given.has('connection')) {
    refuseOtherThan(['persistent-conn', 'tun-info'], requested)
    return { action: 'connections', numeric, engines: given.has('persistent-conn') }
  }
  if (given.has('timeout') || given.has('daemon')) {
    refuseOtherThan(['tun-info'], requested)
    return { action: given.has('timeout') ? 'timeouts' : 'daemons' }
  }
  const service = given.has('service-address') ? toServiceKey(options) : undefined
  const columns: ListingColumns = requested[0] ?? 'plain'
  const format = { columns, numeric, exact: given.has('exact'), sorted: !given.has('nosort') }
  return { action: 'list', service, format }
}

/** Refuses columns that only another listing has. */
function refuseOtherThan(allowed: readonly ListingColumns[], requested: readonly ListingColumns[]): void {
  if (requested.some((columns) => !allowed.includes(columns))) {
    throw new IpvsadmError('options conflicts in the list command')
  }
}
