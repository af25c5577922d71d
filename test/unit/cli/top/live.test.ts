import { describe, expect, it, onTestFinished } from 'vitest'
import { showLive } from '../../../../src/cli/top/live.ts'
import { type Line, type Size, textOf } from '../../../../src/cli/top/render/line.ts'
import type { Screen, ScreenListener } from '../../../../src/cli/top/top-screen.ts'
import { IpvsUnavailableError } from '../../../../src/errors.ts'
import { IpvsClient } from '../../../../src/ipvs/ipvs-client.ts'
import { parseService } from '../../../../src/ipvs/model/service-key.ts'
import { SimulatedKernel } from '../../../../src/testing/index.ts'

const WEB = 'tcp://192.0.2.1:80'
const SERVER = { address: '10.0.0.1', port: 80 }

/** A screen that keeps its picture. */
class FakeSurface implements Screen {
  size: Size = { width: 80, height: 24 }
  readonly listener: ScreenListener
  text = ''
  pictures = 0
  isClosed = false

  constructor(listener: ScreenListener) {
    this.listener = listener
  }

  draw(lines: readonly Line[]): void {
    expect(this.isClosed).toBe(false)
    this.text = lines.map((line) => textOf(line).trimEnd()).join('\n')
    this.pictures++
  }

  invalidate(): void {}
  suspend(): void {}

  close(): void {
    this.isClosed = true
  }

  press(...keys: string[]): void {
    for (const key of keys) this.listener.handleKey(key)
  }

  /** Waits until the picture is as it should be. */
  async shows(what: RegExp): Promise<void> {
    await expect.poll(() => this.text, { timeout: 10_000, interval: 5 }).toMatch(what)
  }
}

/** A live view of a simulated kernel with one service and one destination. */
async function start() {
  const kernel = new SimulatedKernel()
  const ipvs = await IpvsClient.open({ transport: kernel })
  await ipvs.addService(parseService(WEB))
  await ipvs.addDestination(WEB, { ...SERVER, forwarding: 'dr', weight: 3 })
  let opened: FakeSurface | undefined
  const over = showLive({
    ...{ ipvs, interval: 0.02, netns: undefined, now: () => kernel.clock.now },
    open: async (listener) => {
      opened = new FakeSurface(listener)
      return opened
    },
  })
  // Looked at by those tests that end it.
  over.catch(() => undefined)
  await expect.poll(() => opened?.pictures ?? 0).toBeGreaterThan(0)
  const surface = opened!
  onTestFinished(() => surface.listener.end(0))
  const weight = async () => (await ipvs.destinations(WEB))[0]?.weight
  return { kernel, ipvs, over, surface, weight }
}

describe('a live view', () => {
  it('shows the table, and rates as soon as the kernel has them', async () => {
    const { kernel, surface } = await start()
    await surface.shows(/^ {2}10\.0\.0\.1:80 +3 +0 +0 +0 +0 +0 +0$/m)
    const connection = kernel.traffic().open({ client: '198.51.100.1', service: WEB })
    connection?.send({ packets: 199, bytes: 2_000_000 })
    kernel.clock.advance(2)
    await surface.shows(/^ {2}10\.0\.0\.1:80 +3 +1 +0\.5 +10\d +0 +1\.0 M +0$/m)
    kernel.clock.advance(4)
    await surface.shows(/^ {2}10\.0\.0\.1:80 +3 +1 +0 +0 +0 +0 +0$/m)
  })

  it('follows services and destinations that come and go', async () => {
    const { ipvs, surface } = await start()
    await ipvs.addDestination(WEB, { address: '10.0.0.2', forwarding: 'dr' })
    await surface.shows(/10\.0\.0\.2:80/)
    await ipvs.removeService(WEB)
    await surface.shows(/There is no virtual service\./)
  })

  it('stands still while it is held', async () => {
    const { ipvs, surface } = await start()
    surface.press(' ')
    await surface.shows(/held/)
    // A reading that was under way is over by now, and none begins.
    const several = () => new Promise((resolve) => setTimeout(resolve, 100))
    await several()
    await ipvs.addDestination(WEB, { address: '10.0.0.2', forwarding: 'dr' })
    await several()
    expect(surface.text).not.toContain('10.0.0.2:80')
    surface.press(' ')
    await surface.shows(/10\.0\.0\.2:80/)
  })

  it('paints anew for another size', async () => {
    const { surface } = await start()
    surface.press(' ')
    surface.size = { width: 120, height: 10 }
    surface.listener.resize()
    expect(surface.text.split('\n')).toHaveLength(10)
    expect(surface.text).toContain('METHOD')
  })
})

describe('a change', () => {
  it('is made when it was confirmed, and told', async () => {
    const { surface, weight } = await start()
    surface.press('down', 'd')
    expect(surface.text).toMatch(/drain 10\.0\.0\.1:80 of tcp:\/\/192\.0\.2\.1:80\? \(y\/n\)$/)
    expect(await weight()).toBe(3)
    surface.press('y')
    await surface.shows(/has weight 0 now, it had 3$/)
    expect(await weight()).toBe(0)
    await surface.shows(/^ {2}10\.0\.0\.1:80 +0 /m)

    surface.press('u', 'y')
    await surface.shows(/has weight 3 now, it had 0$/)
    expect(await weight()).toBe(3)
  })

  it('changes the weight and nothing else', async () => {
    const { ipvs, surface, weight } = await start()
    await ipvs.updateDestination(WEB, { ...SERVER, upperThreshold: 100, lowerThreshold: 50 })
    surface.press('down', 'w', '9', 'return', 'y')
    await surface.shows(/has weight 9 now/)
    expect(await weight()).toBe(9)
    expect(await ipvs.destinations(WEB)).toMatchObject([{ upperThreshold: 100, lowerThreshold: 50 }])
  })

  it('that the kernel refuses is told, and it goes on', async () => {
    const { ipvs, surface } = await start()
    surface.press('down', 'd')
    await ipvs.removeDestination(WEB, SERVER)
    surface.press('y')
    await surface.shows(/the virtual service has no such destination/)
    surface.press('x')
    expect(surface.text).toMatch(/q quit/)
    await surface.shows(/1 service, 0 destinations/)
  })

  it('is carried out before the program ends', async () => {
    const { over, surface, weight } = await start()
    surface.press('down', 'd', 'y', 'q')
    expect(await over).toBe(0)
    expect(await weight()).toBe(0)
  })
})

describe('the end', () => {
  it.each([
    ['q', 0],
    ['ctrl-c', 130],
  ])('by %s: exit status %d', async (key, status) => {
    const { over, surface } = await start()
    surface.press(key)
    expect(await over).toBe(status)
    expect(surface.isClosed).toBe(true)
  })

  it('by a signal has the status that it stands for', async () => {
    const { over, surface } = await start()
    surface.listener.end(143)
    expect(await over).toBe(143)
    expect(surface.isClosed).toBe(true)
  })

  it('comes when the kernel has no IPVS any more, with the surface closed', async () => {
    const { kernel, over, surface } = await start()
    kernel.module.unload('absent')
    await expect(over).rejects.toBeInstanceOf(IpvsUnavailableError)
    expect(surface.isClosed).toBe(true)
  })

  it('comes after three readings that failed, not after one', async () => {
    const { kernel, over, surface } = await start()
    kernel.faults.inject({ on: 'GET_SERVICE', fault: { kind: 'refuse', error: 'EPERM' } })
    await surface.shows(/^not read, and tried again: /m)
    await surface.shows(/^q quit/m)
    kernel.faults.inject({ on: 'GET_SERVICE', times: 3, fault: { kind: 'refuse', error: 'EPERM' } })
    await expect(over).rejects.toMatchObject({ code: 'EPERM' })
    expect(surface.isClosed).toBe(true)
  })

  it('comes before anything is shown where nothing can be read', async () => {
    const kernel = new SimulatedKernel()
    const ipvs = await IpvsClient.open({ transport: kernel })
    kernel.faults.inject({ on: 'GET_SERVICE', times: 3, fault: { kind: 'refuse', error: 'EPERM' } })
    const open = () => Promise.reject(new Error('the surface was opened'))
    await expect(showLive({ ipvs, interval: 1, netns: undefined, open })).rejects.toMatchObject({
      code: 'EPERM',
    })
  })
})
