import { describe, expect, it, onTestFinished } from 'vitest'
import { showLive } from '../../../../src/cli/top/live.ts'
import { type Line, type Size, textOf } from '../../../../src/cli/top/render/line.ts'
import type { Screen, ScreenListener } from '../../../../src/cli/top/top-screen.ts'
import { IpvsUnavailableError } from '../../../../src/errors.ts'
import { parseService } from '../../../../src/ipvs/model/service-key.ts'
import { Ipvs } from '../../../../src/state/ipvs.ts'
import { SimulatedKernel } from '../../../../src/testing/index.ts'

const WEB = 'tcp://192.0.2.1:80'
const SERVER = { address: '10.0.0.1', port: 80 }

/** A screen in memory. */
class FakeScreen implements Screen {
  size: Size = { width: 80, height: 24 }
  readonly listener: ScreenListener
  text = ''
  draws = 0
  isClosed = false

  constructor(listener: ScreenListener) {
    this.listener = listener
  }

  draw(lines: readonly Line[]): void {
    expect(this.isClosed).toBe(false)
    this.text = lines.map((line) => textOf(line).trimEnd()).join('\n')
    this.draws++
  }

  invalidate(): void {}
  suspend(): void {}

  close(): void {
    this.isClosed = true
  }

  press(...keys: string[]): void {
    for (const key of keys) this.listener.handleKey(key)
  }

  /** Waits until the screen shows this. */
  async shows(text: RegExp): Promise<void> {
    await expect.poll(() => this.text, { timeout: 10_000, interval: 5 }).toMatch(text)
  }
}

/** A live view of a simulated kernel with one service and one destination. */
async function start() {
  const kernel = new SimulatedKernel()
  const ipvs = await Ipvs.open({ transport: kernel })
  await ipvs.addService(parseService(WEB))
  await ipvs.addDestination(WEB, { ...SERVER, forwarding: 'dr', weight: 3 })
  let opened: FakeScreen | undefined
  const over = showLive({
    ...{ ipvs, interval: 0.02, netns: undefined, now: () => kernel.clock.now },
    open: async (listener) => {
      opened = new FakeScreen(listener)
      return opened
    },
  })
  // Only some tests await the end.
  over.catch(() => undefined)
  await expect.poll(() => opened?.draws ?? 0).toBeGreaterThan(0)
  const screen = opened!
  onTestFinished(() => screen.listener.end(0))
  const weight = async () => (await ipvs.destinations(WEB))[0]?.weight
  return { kernel, ipvs, over, screen, weight }
}

describe('a live view', () => {
  it('shows the table, and rates as soon as the kernel has them', async () => {
    const { kernel, screen } = await start()
    await screen.shows(/^ {2}10\.0\.0\.1:80 +3 +0 +0 +0 +0 +0 +0$/m)
    const connection = kernel.traffic().open({ client: '198.51.100.1', service: WEB })
    connection?.send({ packets: 199, bytes: 2_000_000 })
    kernel.clock.advance(2)
    await screen.shows(/^ {2}10\.0\.0\.1:80 +3 +1 +0\.5 +10\d +0 +1\.0 M +0$/m)
    kernel.clock.advance(4)
    await screen.shows(/^ {2}10\.0\.0\.1:80 +3 +1 +0 +0 +0 +0 +0$/m)
  })

  it('shows services and destinations that are added and removed', async () => {
    const { ipvs, screen } = await start()
    await ipvs.addDestination(WEB, { address: '10.0.0.2', forwarding: 'dr' })
    await screen.shows(/10\.0\.0\.2:80/)
    await ipvs.removeService(WEB)
    await screen.shows(/No virtual services\./)
  })

  it('does not change while paused', async () => {
    const { ipvs, screen } = await start()
    screen.press(' ')
    await screen.shows(/paused/)
    // A read that was in flight has ended by now, and no other starts.
    const several = () => new Promise((resolve) => setTimeout(resolve, 100))
    await several()
    await ipvs.addDestination(WEB, { address: '10.0.0.2', forwarding: 'dr' })
    await several()
    expect(screen.text).not.toContain('10.0.0.2:80')
    screen.press(' ')
    await screen.shows(/10\.0\.0\.2:80/)
  })

  it('warns of a drain under a scheduler that then refuses clients', async () => {
    const { ipvs, screen } = await start()
    await ipvs.addDestination(WEB, { address: '10.0.0.2', forwarding: 'dr' })
    await ipvs.updateService(WEB, { scheduler: 'sh' })
    await screen.shows(/10\.0\.0\.2:80/)
    for (const key of ['g', 'j', 'd', 'y']) screen.press(key)
    await screen.shows(/warning: tcp:.* refuses new clients that sh hashes to/)
    expect((await ipvs.destinations(WEB)).map((each) => each.weight)).toContain(0)
  })

  it('adapts to a new size', async () => {
    const { screen } = await start()
    screen.press(' ')
    screen.size = { width: 120, height: 10 }
    screen.listener.resize()
    expect(screen.text.split('\n')).toHaveLength(10)
    expect(screen.text).toContain('METHOD')
  })
})

describe('a weight change', () => {
  it('is made after confirmation, and reported', async () => {
    const { screen, weight } = await start()
    screen.press('down', 'd')
    expect(screen.text).toMatch(/drain 10\.0\.0\.1:80 of tcp:\/\/192\.0\.2\.1:80\? \(y\/n\)$/)
    expect(await weight()).toBe(3)
    screen.press('y')
    await screen.shows(/changed from 3 to 0$/)
    expect(await weight()).toBe(0)
    await screen.shows(/^ {2}10\.0\.0\.1:80 +0 /m)

    screen.press('u', 'y')
    await screen.shows(/changed from 0 to 3$/)
    expect(await weight()).toBe(3)
  })

  it('keeps the other settings of the destination', async () => {
    const { ipvs, screen, weight } = await start()
    await ipvs.updateDestination(WEB, { ...SERVER, upperThreshold: 100, lowerThreshold: 50 })
    screen.press('down', 'w', '9', 'return', 'y')
    await screen.shows(/changed from 3 to 9/)
    expect(await weight()).toBe(9)
    expect(await ipvs.destinations(WEB)).toMatchObject([{ upperThreshold: 100, lowerThreshold: 50 }])
  })

  it('that the kernel refuses is reported, and the view continues', async () => {
    const { ipvs, screen } = await start()
    screen.press('down', 'd')
    await ipvs.removeDestination(WEB, SERVER)
    screen.press('y')
    await screen.shows(/the virtual service has no such destination/)
    screen.press('x')
    expect(screen.text).toMatch(/q quit/)
    await screen.shows(/1 service, 0 destinations/)
  })

  it('is completed before the program ends', async () => {
    const { over, screen, weight } = await start()
    screen.press('down', 'd', 'y', 'q')
    expect(await over).toBe(0)
    expect(await weight()).toBe(0)
  })
})

describe('the view ends', () => {
  it.each([
    ['q', 0],
    ['ctrl-c', 130],
  ])('on %s with status %d', async (key, status) => {
    const { over, screen } = await start()
    screen.press(key)
    expect(await over).toBe(status)
    expect(screen.isClosed).toBe(true)
  })

  it('on a signal with the status of the signal', async () => {
    const { over, screen } = await start()
    screen.listener.end(143)
    expect(await over).toBe(143)
    expect(screen.isClosed).toBe(true)
  })

  it('when IPVS is unloaded, and closes the screen', async () => {
    const { kernel, over, screen } = await start()
    kernel.module.unload('absent')
    await expect(over).rejects.toBeInstanceOf(IpvsUnavailableError)
    expect(screen.isClosed).toBe(true)
  })

  it('after three failed reads in a row, not after one', async () => {
    const { kernel, over, screen } = await start()
    kernel.faults.inject({ on: 'GET_SERVICE', fault: { kind: 'refuse', error: 'EPERM' } })
    await screen.shows(/^read failed, retrying: /m)
    await screen.shows(/^q quit/m)
    kernel.faults.inject({ on: 'GET_SERVICE', times: 3, fault: { kind: 'refuse', error: 'EPERM' } })
    await expect(over).rejects.toMatchObject({ code: 'EPERM' })
    expect(screen.isClosed).toBe(true)
  })

  it('without opening the screen if the first read fails', async () => {
    const kernel = new SimulatedKernel()
    const ipvs = await Ipvs.open({ transport: kernel })
    kernel.faults.inject({ on: 'GET_SERVICE', times: 3, fault: { kind: 'refuse', error: 'EPERM' } })
    const open = () => Promise.reject(new Error('the screen was opened'))
    await expect(showLive({ ipvs, interval: 1, netns: undefined, open })).rejects.toMatchObject({
      code: 'EPERM',
    })
  })
})
