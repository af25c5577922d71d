import { type Counter, defineCounterListing } from './output/counters.ts'

const COUNTERS: readonly Counter[] = [
  ['CONNECTIONS/S', (all) => all.connectionsPerSecond],
  ['PACKETS IN/S', (all) => all.incomingPacketsPerSecond],
  ['PACKETS OUT/S', (all) => all.outgoingPacketsPerSecond],
  ['BYTES IN/S', (all) => all.incomingBytesPerSecond],
  ['BYTES OUT/S', (all) => all.outgoingBytesPerSecond],
]

export const define = defineCounterListing(COUNTERS, 'lvs rate --watch 2', 'lvs rate tcp://192.0.2.1:80')
