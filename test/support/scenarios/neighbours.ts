/** Who answers on a network when a machine asks for the link address of an IP address. */

import type { Client } from './client.ts'
import type { Machine } from './machine.ts'

/** Has `machine` ask anew ten times, by its client, and gives all it was told. */
export async function everyLinkAddress(
  machine: Machine,
  client: Client,
  address: string,
): Promise<Set<string>> {
  const answers = new Set<string>()
  for (let n = 0; n < 10; n++) answers.add(await askForLinkAddress(machine, client, address))
  return answers
}

/** Has `machine` ask anew, and gives what it believes. */
export async function askForLinkAddress(machine: Machine, client: Client, address: string): Promise<string> {
  await machine.forgetNeighbours()
  await client.fetch(address.includes(':') ? `http://[${address}]/` : `http://${address}/`)
  return (await machine.neighbour(address)) ?? 'nobody'
}
