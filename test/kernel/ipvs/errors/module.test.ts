/**
 * The kernel module is unloaded and reloaded under open clients. These tests only exist in a kernel of the lab: on a developer's
 * machine no module is unloaded.
 */

import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { Ipvs, IpvsUnavailableError } from '../../../../src/index.ts'
import { openSession } from '../../../../src/ipvs/open.ts'
import { CALLS } from '../../../support/kernel/ipvs/calls.ts'
import { canUnloadModules } from '../../../support/kernel/kernel.ts'
import { allowLoading, loadedModules, loadModules, unloadIpvs } from '../../../support/kernel/modules.ts'
import { makeNamespace } from '../../../support/kernel/namespace.ts'
import { shell } from '../../../support/kernel/shell.ts'

const web = { protocol: 'tcp', address: '192.0.2.10', port: 80 } as const
/** These read files under /proc/net and send nothing. */
const READ_FILES = ['overview', 'connections', 'totals']

describe('probe', () => {
  it('reports that IPVS is available, and its version', async () => {
    const { ipvs, options } = await makeNamespace()
    const info = await ipvs.info()
    expect(await Ipvs.probe(options)).toEqual({ available: true, info })
  })

  it('reports on the network namespace that it is called in', async () => {
    const { ipvs } = await makeNamespace()
    const { version } = await ipvs.info()
    expect(await Ipvs.probe()).toMatchObject({ available: true, info: { version } })
  })

  it.each([
    ['does not exist', '/run/netns/nosuch', 'ENOENT'],
    ['is a file', '/etc/passwd', 'EINVAL'],
    ['is a namespace of another kind', '/proc/self/ns/uts', 'EINVAL'],
  ])('reports that a network namespace %s, as open does', async (_, netns, code) => {
    const answer = await Ipvs.probe({ netns })
    expect(answer).toMatchObject({ available: false, reason: 'failed', error: { code } })
    await expect(Ipvs.open({ netns })).rejects.toMatchObject({ code })
  })
})

if (canUnloadModules) {
  describe('the module ip_vs', () => {
    beforeEach(unload)
    afterAll(async () => {
      await allowLoading(true)
      await loadModules('ip_vs')
    })

    it('is loaded by the kernel when a client opens', async () => {
      expect(await loadedModules()).toEqual([])
      const { ipvs } = await makeNamespace()
      expect(await loadedModules()).toContain('ip_vs')
      expect(await ipvs.services()).toEqual([])
    })

    it('has another family number after it was reloaded, and an open client finds it', async () => {
      const { options } = await makeNamespace()
      const { commands } = await openSession(options)
      const client = await Ipvs.open(options)
      const before = commands.family.id

      await reload()
      await commands.read({ command: 15, name: 'info' }, undefined)
      await client.addService(web)

      expect(commands.family.id).not.toBe(before)
      expect(await client.services()).toMatchObject([web])
      commands.family.connection.close()
      client.close()
    })

    it('was reloaded: concurrent calls of an open client end in order, as those of a new client', async () => {
      const { ipvs } = await makeNamespace()
      await reload()
      const other = await makeNamespace()
      expect(await endings(ipvs)).toEqual(await endings(other.ipvs))
      expect(await ipvs.services()).toEqual(await other.ipvs.services())
    })

    it('was reloaded: a call that is sent again keeps the arguments that it was made with', async () => {
      const { ipvs } = await makeNamespace()
      await reload()
      const service = { ...web, scheduler: 'rr' }
      const call = ipvs.addService(service)
      service.scheduler = 'wrr'
      await call
      expect(await ipvs.services()).toMatchObject([{ scheduler: 'rr' }])
    })

    it('is loaded again by a call of an open client', async () => {
      const { ipvs } = await makeNamespace()
      await unload()
      await ipvs.addService(web)
      expect(await ipvs.services()).toMatchObject([web])
    })

    it('is missing: open, probe and every call report it until it is loaded again', async () => {
      const { ipvs, options } = await makeNamespace()
      await unload()
      await allowLoading(false)

      await expect(Ipvs.open(options)).rejects.toThrow(IpvsUnavailableError)
      expect(await Ipvs.probe(options)).toMatchObject({ available: false, reason: 'no-ipvs' })
      for (const [name, call] of Object.entries(CALLS)) {
        const error: unknown = await call(ipvs).catch((reason: unknown) => reason)
        if (READ_FILES.includes(name)) expect(error, name).toMatchObject({ code: 'ENOENT' })
        else expect(error, name).toMatchObject({ code: 'ERR_LVS_UNAVAILABLE', outcome: 'not-done' })
      }

      await allowLoading(true)
      expect(await ipvs.services()).toEqual([])
    })
  })

  describe('the module of a scheduler', () => {
    beforeEach(unload)
    afterAll(() => allowLoading(true))

    it('is loaded by the first service that uses it, and stays loaded while a service uses it', async () => {
      const { ipvs } = await makeNamespace()
      await ipvs.addService({ ...web, scheduler: 'sed' })
      expect(await loadedModules()).toContain('ip_vs_sed')
      await expect(shell.run(['modprobe', '-r', 'ip_vs_sed'])).rejects.toThrow('in use')
      await ipvs.updateService(web, { scheduler: 'nq' })
      await shell.run(['modprobe', '-r', 'ip_vs_sed'])
      expect(await loadedModules()).not.toContain('ip_vs_sed')
      expect(await ipvs.services()).toMatchObject([{ scheduler: 'nq' }])
    })

    it('is missing: a new service is refused with the command that loads the module, and an existing service stays', async () => {
      const { ipvs } = await makeNamespace()
      await ipvs.addService({ ...web, scheduler: 'rr' })
      await allowLoading(false)
      const refused = { code: 'ENOENT', message: expect.stringContaining('modprobe ip_vs_fo') }
      await expect(ipvs.addService({ fwmark: 1, scheduler: 'fo' })).rejects.toMatchObject(refused)
      await expect(ipvs.updateService(web, { scheduler: 'fo' })).rejects.toMatchObject(refused)
      expect(await ipvs.services()).toMatchObject([{ ...web, scheduler: 'rr' }])

      await allowLoading(true)
      await ipvs.updateService(web, { scheduler: 'fo' })
      expect(await ipvs.services()).toMatchObject([{ scheduler: 'fo' }])
    })
  })
}

/** The outcome of every call of a client, made concurrently. */
async function endings(ipvs: Ipvs): Promise<Record<string, string>> {
  const results = Object.entries(CALLS).map(async ([name, call]) => [
    name,
    await call(ipvs).then(
      () => 'done',
      ({ code }) => code,
    ),
  ])
  return Object.fromEntries(await Promise.all(results))
}

async function unload(): Promise<void> {
  await allowLoading(true)
  await unloadIpvs()
}

async function reload(): Promise<void> {
  await unload()
  await loadModules('ip_vs')
}
