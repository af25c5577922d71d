/** The machines that answer when another one resolves an IP address to a link address. */

import type { Client } from './client.ts'
import type { Machine } from './machine.ts'

/** Lets `machine` resolve an address ten times through its client, and returns every answer. */
export async function everyLinkAddress(
  machine: Machine,
  client: Client,
  address: string,
): Promise<Set<string>> {
  const answers = new Set<string>()
  for (let n = 0; n < 10; n++) answers.add(await askForLinkAddress(machine, client, address))
  return answers
}

/** Lets `machine` resolve an address again, and returns the result. */
export async function askForLinkAddress(machine: Machine, client: Client, address: string): Promise<string> {
  await machine.forgetNeighbours()
  await client.fetch(address.includes(':') ? `http://[${address}]/` : `http://${address}/`)
  return (await machine.neighbour(address)) ?? 'none'
}
