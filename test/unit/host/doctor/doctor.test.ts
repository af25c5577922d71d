import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../../src/host/doctor/doctor.ts'
import { FINDINGS, type FindingId } from '../../../../src/host/doctor/model/finding.ts'
import { BROKEN_HOSTS } from '../../../support/host/doctor/faulty-hosts.ts'
import {
  activeNode,
  backupNode,
  drDirector,
  drServer,
  natDirector,
  natServer,
  tunDirector,
  tunServer,
} from '../../../support/host/doctor/host-facts.ts'

const ids = Object.keys(FINDINGS) as FindingId[]

describe('the doctor', () => {
  it.each([
    ['director by dr', drDirector(), {}],
    ['real server by dr', drServer(), {}],
    ['director by nat', natDirector(), {}],
    ['real server by nat', natServer(), { director: '192.168.5.10' }],
    ['director by tun', tunDirector(), {}],
    ['real server by tun', tunServer(), {}],
    ['active node', activeNode(), { peers: [backupNode()] }],
    ['passive node', backupNode(), { peers: [activeNode()] }],
    ['director with the facts of its real servers', natDirector(), { peers: [natServer()] }],
    ['director with the facts of its real servers by dr', drDirector(), { peers: [drServer()] }],
    ['director with the facts of its real servers by tun', tunDirector(), { peers: [tunServer()] }],
  ])('finds no problem on a healthy %s', (_, facts, options) => {
    expect(diagnose(facts, options)).toEqual([])
  })

  it.each(ids)('finds only %s', (id) => {
    const { facts, options } = BROKEN_HOSTS[id]
    expect(diagnose(facts, options).map((finding) => finding.id)).toEqual([id])
  })

  it.each(ids)('finds the same %s in facts that were sent as JSON', (id) => {
    const { facts, options } = BROKEN_HOSTS[id]
    const received = JSON.parse(JSON.stringify(facts))
    expect(diagnose(received, options)).toEqual(diagnose(facts, options))
  })
})

describe('a finding', () => {
  it.each(ids)('%s has two sentences, a call and a shell command', (id) => {
    const { facts, options } = BROKEN_HOSTS[id]
    const [finding] = diagnose(facts, options)
    expect(finding).toMatchObject({ severity: FINDINGS[id], host: facts.name })
    for (const sentence of [finding!.message, finding!.symptom])
      expect(sentence).toMatch(/^[A-Z0-9a-z].*[^.]\.$/)
    // The library does not change a firewall, so its call is a comment.
    expect(finding!.fix.call).toMatch(id === 'firewall' ? /^\/\/ / : /^(await (host|ipvs)\..*\)\n?)+$/)
    expect(finding!.fix.shell).toMatch(/^((ip|ipvsadm|sysctl|modprobe|iptables-nft) .*\n?)+$/)
    expect(finding!.fix).not.toHaveProperty('run')
  })
})
