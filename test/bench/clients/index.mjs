import { ipvsadm } from './ipvsadm.mjs'
import { limit, raw } from './limit.mjs'
import { lvs } from './lvs.mjs'
import { exec, netlink } from './one-by-one.mjs'

/**
 * Every client by its name, in the order of the tables. Each returns one object per variant, the main variant first:
 *
 * - `name`, `variant`;
 * - `start()` and `stop()`, if a process lives as long as the benchmark;
 * - `enter(namespace)` and `leave()`;
 * - `run(operation, table)`: runs the operation once and returns a sample for each way of doing it;
 * - `trace(operation, table, cap)`: counts its system calls, if `run` does not;
 * - `cap`: the maximum number of commands that it runs;
 * - `slow`: whether it may get fewer rounds, or none, if they would take too long.
 */
export const CLIENTS = { limit, lvs, raw, ipvsadm, exec, netlink }
