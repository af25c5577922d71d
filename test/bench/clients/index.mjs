import { ipvsadm } from './ipvsadm.mjs'
import { limit, raw } from './limit.mjs'
import { lvs } from './lvs.mjs'
import { exec, netlink } from './one-by-one.mjs'

/**
 * Every client by its name, in the order of the tables. Each gives an object a variant, the main one first:
 *
 * - `name`, `variant`;
 * - `start()` and `stop()`, where there is something that lives as long as the benchmark;
 * - `enter(namespace)` and `leave()`;
 * - `run(operation, table)`: does it once and gives a sample for each way it has of doing it;
 * - `trace(operation, table, cap)`: counts its system calls, where `run` does not;
 * - `cap`: how many commands it does at most;
 * - `slow`: it may be given fewer rounds, or none, where they would take too long.
 */
export const CLIENTS = { limit, lvs, raw, ipvsadm, exec, netlink }
