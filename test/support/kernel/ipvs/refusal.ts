/** A common form for tests of refused calls. */

import { constants } from 'node:os'
import { expect, it } from 'vitest'
import { type Ipvs, IpvsError } from '../../../../src/index.ts'
import { makeNamespace, type Namespace } from '../namespace.ts'

export const web = 'tcp://192.0.2.10:80'
export const web6 = 'tcp://[2001:db8::10]:80'

/** A host on two networks with a service of each family; the first service has a destination. */
export async function makeHost(loopback: 'up' | 'down' = 'up'): Promise<Namespace> {
  const host = await makeNamespace({ loopback })
  if (loopback === 'up') await host.addDummy('eth0', ['192.0.2.1/24 broadcast 192.0.2.255', '2001:db8::1/64'])
  const { ipvs } = host
  await ipvs.addService({ protocol: 'tcp', address: '192.0.2.10', port: 80, scheduler: 'rr' })
  await ipvs.addService({ protocol: 'tcp', address: '2001:db8::10', port: 80, scheduler: 'rr' })
  if (loopback === 'up')
    await ipvs.addDestination(web, { address: '192.0.2.20', forwarding: 'dr', weight: 7 })
  return host
}

/** Reads everything that can be set in a network namespace. */
export async function readEverything(ipvs: Ipvs) {
  const [services, daemons, timeouts] = await Promise.all([ipvs.services(), ipvs.daemons(), ipvs.timeouts()])
  return { services, daemons, timeouts }
}

/** A call that the kernel refuses. */
export interface RefusedCall {
  /** The subject of the error: the service, the service and the destination, or the role of a daemon; may be empty. */
  readonly about: string
  /** The explanation in the error: the reason and the remedy. */
  readonly says: RegExp
  readonly loopback?: 'up' | 'down'
  readonly prepare?: (host: Namespace) => Promise<unknown>
  readonly call: (ipvs: Ipvs) => Promise<unknown>
}

/** Tests that a call is refused with a complete error, and that it changes nothing. */
export function testRefusal(command: string, code: string, when: string, refused: RefusedCall): void {
  it(`${command} ${code}: ${when}`, async () => {
    const { about, says, call } = refused
    const host = await makeHost(refused.loopback)
    await refused.prepare?.(host)
    const before = await readEverything(host.ipvs)

    const error = await call(host.ipvs).then(String, (reason: unknown) => reason)

    expect(error).toBeInstanceOf(IpvsError)
    const { explanation } = error as IpvsError
    const errno = constants.errno[code as keyof typeof constants.errno]
    expect(error).toMatchObject({ code, errno, command, subject: about })
    expect(explanation).toMatch(says)
    expect((error as IpvsError).message).toBe(
      `${about === '' ? command : `${command} ${about}`}: ${code}, ${explanation}`,
    )
    expect(await readEverything(host.ipvs)).toEqual(before)
  })
}
