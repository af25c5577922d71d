import { type Counter, defineCounterListing } from './output/counters.ts'

const COUNTERS: readonly Counter[] = [
  ['CONNECTIONS', (all) => all.connections],
  ['PACKETS IN', (all) => all.incomingPackets],
  ['PACKETS OUT', (all) => all.outgoingPackets],
  ['BYTES IN', (all) => all.incomingBytes],
  ['BYTES OUT', (all) => all.outgoingBytes],
]

export const define = defineCounterListing(COUNTERS, 'lvs stats', 'lvs stats tcp://192.0.2.1:80 --json')
