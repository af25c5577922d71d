import { liveThrough } from './life.mjs'

/** Seconds that a slow client may take for all rounds at one size. */
const PATIENCE = 100

/**
 * All rounds at every size, clients in alternating order. A slow client that would take too long gets fewer rounds, or none,
 * according to the previous size; `notes` reports it.
 */
export async function allRounds(clients, limit, { sizes, destinations, rounds }, say) {
  const samples = []
  const notes = []
  let before
  for (const services of sizes) {
    const table = { services, destinations }
    const growth = before === undefined ? undefined : services / before.services
    const plans = new Map(clients.map((client) => [client, plan(client, before?.pace, growth, rounds)]))
    for (const [{ name, variant }, { allowed, seconds }] of plans) {
      if (allowed > 0) continue
      const minutes = Math.ceil(seconds / 60)
      notes.push({ client: name, variant, services, text: `not run: a round would take ${minutes} minutes` })
    }
    // An operation that is not run counts with its estimated time.
    const pace = new Map([...plans].map(([client, { seconds }]) => [client, seconds]))
    for (let round = 0; round < rounds; round++) {
      say(`${services} services, round ${round + 1} of ${rounds}`)
      const turn = clients.filter((client) => round < plans.get(client).allowed)
      for (const client of round % 2 === 0 ? turn : turn.toReversed()) {
        const start = performance.now()
        say(`${client.name} ${client.variant}`)
        samples.push(...(await liveThrough(client, table, limit, { checking: round === 0 })))
        pace.set(client, (performance.now() - start) / 1000)
      }
    }
    before = { services, pace }
  }
  return { samples, notes }
}

/** The estimated duration of a round of a client, and the number of rounds that it may run. */
function plan(client, pace, growth, rounds) {
  if (pace === undefined || !client.slow) return { seconds: 0, allowed: rounds }
  // A client with a maximum number of commands takes about the same time at any size.
  const seconds = pace.get(client) * (client.cap === undefined ? growth : 1)
  return { seconds, allowed: Math.min(rounds, Math.floor(PATIENCE / seconds)) }
}
