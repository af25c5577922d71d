import type { DesiredState } from '../../../state/model/desired-state.ts'
import type { ConfigurationProblem } from '../source/source-line.ts'
import type { KeepalivedStatement } from '../source/statement.ts'

/** The content of a keepalived.conf. */
export interface KeepalivedConfiguration {
  /**
   * The table that keepalived creates while every check succeeds. Without a `virtual_server` it is empty, which is not an
   * empty list of services: a file for VRRP alone says nothing about the table.
   */
  readonly desired: DesiredState
  /** The virtual servers, including their checks, quorums and sorry servers, which the table does not contain. */
  readonly virtualServers: readonly KeepalivedVirtualServer[]
  /** All other statements (vrrp, global_defs, ...), uninterpreted. */
  readonly others: readonly KeepalivedStatement[]
  /**
   * The network namespace whose table keepalived programs: `net_namespace_ipvs` or `net_namespace`. Empty for the initial one;
   * undefined for that of the process.
   */
  readonly namespace: string | undefined
  /**
   * What keepalived does beyond the table, as texts: `2 vrrp_instance`, `checks of 3 real servers`. A program that applies `desired`
   * alone does without it.
   */
  readonly omitted: readonly string[]
  /**
   * The lines that keepalived passes over: with `lenient`, all of them; otherwise most are errors, and these are virtual servers
   * without real servers and includes of patterns that no file matches.
   */
  readonly ignored: readonly ConfigurationProblem[]
}

/** A `virtual_server` of a keepalived.conf. */
export interface KeepalivedVirtualServer {
  /** Its virtual services, as text: one, or one for each address of its group. */
  readonly services: readonly string[]
  /** The sum of weights of live real servers below which the sorry server takes over. Default 1. */
  readonly quorum: number
  /** The server that takes over when the quorum is lost. */
  readonly sorryServer: KeepalivedRealServer | undefined
  /** Whether a failed real server stays in the table with weight 0; the default of its real servers. */
  readonly inhibitOnFailure: boolean
  /** Its real servers. */
  readonly realServers: readonly KeepalivedRealServer[]
  /** Its statements about checks and notifications, uninterpreted. */
  readonly others: readonly KeepalivedStatement[]
  /** The name of its file. */
  readonly file: string
  /** Its line in the file, from 1. */
  readonly line: number
}

/** A `real_server` or `sorry_server` of a keepalived.conf. */
export interface KeepalivedRealServer {
  /** Its address. */
  readonly address: string
  /** Its port. */
  readonly port: number
  /** Whether it stays in the table with weight 0 when it fails. */
  readonly inhibitOnFailure: boolean
  /** Its statements about checks and notifications, uninterpreted. */
  readonly others: readonly KeepalivedStatement[]
  /** Its line in the file, from 1. */
  readonly line: number
}
