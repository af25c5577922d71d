import { describe, expect, it } from 'vitest'
import { resolveDesiredState } from '../../../../src/state/document/normalise.ts'
import { normaliseInTurns } from '../../../../src/state/document/normalise-in-turns.ts'
import type { DesiredState } from '../../../../src/state/model/desired-state.ts'
import { DesiredStateError } from '../../../../src/state/model/desired-state-error.ts'

/** A document of so many services with ten destinations each. */
function documentOf(services: number, weight = 1): DesiredState {
  return {
    services: Array.from({ length: services }, (_, service) => ({
      service: `tcp://10.0.${service >> 8}.${service & 255}:80`,
      scheduler: 'rr',
      destinations: Array.from({ length: 10 }, (_, real) => ({
        address: `172.16.0.${real + 1}`,
        forwarding: 'dr' as const,
        weight: service === services - 1 ? weight : 1,
      })),
    })),
  }
}

/** More than can be gone through in one turn. */
const MANY = 10_000

describe('a document that is gone through in turns', () => {
  it('is done at once when it is small, so that its owner may change it', () => {
    const target = normaliseInTurns(documentOf(256))
    expect(target).toEqual(resolveDesiredState(documentOf(256)))
  })

  it('is refused at once when it is small', () => {
    expect(() => normaliseInTurns(documentOf(256, -1))).toThrow(DesiredStateError)
  })

  it('lets the event loop go round when it is large, and comes to the same', async () => {
    let rounds = 0
    const counting = setInterval(() => rounds++)
    const target = normaliseInTurns(documentOf(MANY))
    expect(target).toBeInstanceOf(Promise)
    const { services } = await target
    clearInterval(counting)
    expect(rounds).toBeGreaterThan(0)
    const whole = resolveDesiredState(documentOf(MANY)).services!
    expect([...services!.keys()]).toEqual([...whole.keys()])
    for (const [name, { destinations }] of whole) {
      expect(services!.get(name)!.destinations!.list).toEqual(destinations!.list)
    }
  })

  it('is refused by the promise when it is large, whether or not somebody waits', async () => {
    void normaliseInTurns(documentOf(MANY, -1))
    await expect(normaliseInTurns(documentOf(MANY, -1))).rejects.toThrow(
      /services\[9999\]\.destinations\[0\]/,
    )
  })
  it.each([
    ['loses a service', (services: { destinations: unknown[] }[]) => services.splice(3, 1)],
    [
      'gets a destination',
      (services: { destinations: unknown[] }[]) => services.at(-1)!.destinations.push({}),
    ],
  ])('is refused when it %s meanwhile', async (_, change) => {
    const document = documentOf(MANY)
    const target = normaliseInTurns(document)
    change(document.services as unknown as { destinations: unknown[] }[])
    await expect(target).rejects.toThrow(/services must stay as it is/)
  })
})
