import { type Figure, listsFigures } from './output/counters.ts'

const FIGURES: readonly Figure[] = [
  ['CONNECTIONS', (all) => all.connections],
  ['PACKETS IN', (all) => all.incomingPackets],
  ['PACKETS OUT', (all) => all.outgoingPackets],
  ['BYTES IN', (all) => all.incomingBytes],
  ['BYTES OUT', (all) => all.outgoingBytes],
]

export const define = listsFigures(FIGURES, 'lvs stats', 'lvs stats tcp://192.0.2.1:80 --json')
