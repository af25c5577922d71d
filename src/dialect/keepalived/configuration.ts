import type { DesiredState } from '../../state/model/desired-state.ts'
import type { ConfigurationProblem } from './source-line.ts'
import type { KeepalivedStatement } from './statement.ts'

/** What a keepalived.conf says. */
export interface KeepalivedConfiguration {
  /** The table that it programs while every real server is up. */
  readonly desired: DesiredState
  /** The virtual servers with what the table does not show: checks, quorum, the sorry server. */
  readonly virtualServers: readonly KeepalivedVirtualServer[]
  /** Everything else (vrrp, global_defs, ...) as it stands. */
  readonly others: readonly KeepalivedStatement[]
  /** Words that are not known; empty unless `unknown: 'list'` was asked for, since they are an error. */
  readonly unknown: readonly ConfigurationProblem[]
}

/** A `virtual_server` of a keepalived.conf. */
export interface KeepalivedVirtualServer {
  /** The virtual services that it makes, as text: one, or as many as its group has. */
  readonly services: readonly string[]
  /** Sum of weights that must be up; below it the sorry server takes over. Default 1. */
  readonly quorum: number
  /** Stands in when the quorum is lost. */
  readonly sorryServer: KeepalivedRealServer | undefined
  /** Whether a real server that is down keeps its place with weight 0, unless it says so itself. */
  readonly inhibitOnFailure: boolean
  /** Its real servers. */
  readonly realServers: readonly KeepalivedRealServer[]
  /** What it says about checks and notifications, as it stands. */
  readonly others: readonly KeepalivedStatement[]
  /** The file that it is in. */
  readonly file: string
  /** Its line in that file. */
  readonly line: number
}

/** A `real_server` or `sorry_server` of a keepalived.conf. */
export interface KeepalivedRealServer {
  /** Its address. */
  readonly address: string
  /** Its port. */
  readonly port: number
  /** Whether it keeps its place with weight 0 when it is down. */
  readonly inhibitOnFailure: boolean
  /** Its checks and notifications, as they stand. */
  readonly others: readonly KeepalivedStatement[]
  /** Its line. */
  readonly line: number
}
