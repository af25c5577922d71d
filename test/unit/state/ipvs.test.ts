import { describe, expect, it } from 'vitest'
import { DesiredStateError } from '../../../src/state/document/problems.ts'
import { Ipvs } from '../../../src/state/ipvs.ts'
import { SimulatedKernel } from '../../../src/testing/simulated-kernel.ts'

describe('an invalid document', () => {
  const invalid = { services: [{ service: 'web' }] }

  it.each(['plan', 'apply'] as const)('is rejected by %s() before anything is sent', async (method) => {
    const kernel = new SimulatedKernel()
    await using ipvs = await Ipvs.open({ transport: kernel })
    kernel.log.clear()
    await expect(ipvs[method](invalid)).rejects.toBeInstanceOf(DesiredStateError)
    expect(kernel.log.requests).toEqual([])
  })

  it('is rejected by reconcile() at once', async () => {
    await using ipvs = await Ipvs.open({ transport: new SimulatedKernel() })
    expect(() => ipvs.reconcile(invalid)).toThrow(DesiredStateError)
  })
})
