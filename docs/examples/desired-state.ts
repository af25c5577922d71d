/**
 * Describes two tables in YAML and lets the library compute the steps from one to the other. Runs in a network namespace of
 * its own; needs root and a kernel with IPVS.
 */

import { execFileSync } from 'node:child_process'
import { exportState, formatState, Ipvs, parseState } from '@lvs/netlink'

const before = parseState(`
defaults:
  service: { scheduler: wrr }
  destination: { forwarding: dr }
services:
  - service: tcp://192.168.79.110:80
    destinations:
      - { address: 192.168.79.102, weight: 1 }
      - { address: 192.168.79.103, weight: 1 }
`)

const after = parseState(`
defaults:
  service: { scheduler: mh }
  destination: { forwarding: dr }
services:
  - service: tcp://192.168.79.110:80
    persistence: { timeout: 3600 }
    destinations:
      - { address: 192.168.79.102, weight: 2 }
      - { address: 192.168.79.104 }
  - service: tcp://192.168.79.110:443
    destinations:
      - { address: 192.168.79.104 }
`)

execFileSync('ip', ['netns', 'add', 'lvs-desired-state'])
try {
  execFileSync('ip', ['-n', 'lvs-desired-state', 'link', 'set', 'lo', 'up'])
  await using ipvs = await Ipvs.open({ netns: '/run/netns/lvs-desired-state' })
  await ipvs.apply(before)

  const plan = await ipvs.plan(after, { removal: { drain: 60 } })
  for (const step of plan.steps) console.log(step.text)
  const { steps } = await plan.apply({ interval: 0.1 })
  console.log(`${steps.filter(({ outcome }) => outcome === 'done').length} steps done`)

  console.log(formatState(await exportState(ipvs)))
  const again = await ipvs.plan(after)
  console.log(again.isEmpty ? 'done: there is nothing left to do' : again.toString())
} finally {
  execFileSync('ip', ['netns', 'delete', 'lvs-desired-state'])
}
