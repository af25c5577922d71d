/**
 * Other notations of a desired state: ipvsadm rules and keepalived.conf.
 *
 * @packageDocumentation
 */

export { formatRules } from './ipvsadm/format-rules.ts'
export { parseRules } from './ipvsadm/parse-rules.ts'
export { formatKeepalived } from './keepalived/format-keepalived.ts'
export { type KeepalivedOptions, parseKeepalived } from './keepalived/parse-keepalived.ts'
export { readKeepalived } from './keepalived/read-keepalived.ts'
export type {
  KeepalivedConfiguration,
  KeepalivedRealServer,
  KeepalivedVirtualServer,
} from './keepalived/servers/configuration.ts'
export type { ConfigurationProblem } from './keepalived/source/source-line.ts'
export type { FindIncluded, IncludedFile } from './keepalived/source/source-reader.ts'
export type { KeepalivedStatement } from './keepalived/source/statement.ts'
