/**
 * Makes calls of a role in a network namespace, repeatedly with `forever`, and kills itself with SIGKILL after the n-th change of
 * the host.
 *
 * Arguments: path of the namespace, state file, role and options as JSON, calls separated by commas, number of the change from
 * 0 or empty, `forever` or empty.
 */

import { Host } from '../../../../dist/host/host.js'
import { ClusterNode } from '../../../../dist/host/role/cluster-node.js'
import { Director } from '../../../../dist/host/role/director.js'
import { RealServer } from '../../../../dist/host/role/real-server.js'

const [netns, stateFile, plan, calls, at, forever] = process.argv.slice(2)
const { role, options } = JSON.parse(plan)
let changes = 0

const host = await Host.open({ netns })
const instance = new { RealServer, Director, ClusterNode }[role](countingHost(host), {
  ...options,
  stateFile,
})
console.log('ready')
do {
  for (const call of calls.split(',')) await instance[call]()
} while (forever === 'forever')
host.close()

/** The host with a count of its changes. */
function countingHost(host) {
  return {
    netns: host.netns,
    network: counted(host.network),
    sysctls: counted(host.sysctls),
    ipvs: async () => counted(await host.ipvs()),
  }
}

function counted(part) {
  return new Proxy(part, {
    get(target, name) {
      const member = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      const call = member.bind(target)
      if (!/^(set|ensure|update|remove|batch|start|stop)/.test(name)) return call
      return async (...args) => {
        const result = await call(...args)
        if (String(changes++) === at) process.kill(process.pid, 'SIGKILL')
        return result
      }
    },
  })
}
