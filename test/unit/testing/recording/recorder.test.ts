import { describe, expect, it } from 'vitest'
import { IpvsClient } from '../../../../src/ipvs/ipvs-client.ts'
import { Recorder } from '../../../../src/testing/recording/recorder.ts'
import { Replay } from '../../../../src/testing/recording/replay.ts'
import { makeKernel, WEB } from '../../../support/testing/make-kernel.ts'

/** A program with reads and changes. */
async function program(ipvs: IpvsClient, weight: number) {
  await ipvs.addDestination(WEB, { address: '192.0.2.250', forwarding: 'dr', weight })
  const refused = await ipvs.addDestination(WEB, { address: '192.0.2.250', forwarding: 'dr' }).catch(String)
  const connections = []
  for await (const entry of ipvs.connections()) connections.push(entry)
  return { refused, connections, services: await ipvs.services(), totals: await ipvs.totals() }
}

async function record() {
  const { kernel } = await makeKernel(new Array<number>(150).fill(1))
  kernel.traffic().open({ client: '203.0.113.1', service: WEB })
  const recorder = new Recorder(kernel)
  await using ipvs = await IpvsClient.open({ transport: recorder })
  const result = await program(ipvs, 2)
  return { text: recorder.text, result }
}

describe('a recording', () => {
  it('is readable text: a line for each message, then its bytes, four per line', async () => {
    const { text } = await record()
    const lines = text.split('\n')
    const start = lines.findIndex((line) => line.startsWith('> #2 NEW_DEST'))
    expect(lines[start]).toMatch(/^> #2 NEW_DEST \{ service: \{ family: 2, .*weight: 2, /)
    expect(lines[start + 1]).toMatch(/^ {4}[0-9a-f]{8}$/)
    expect(text).toContain('< #3 ERROR 17')
    expect(lines.every((line) => line.trimEnd() === line || line.startsWith('|'))).toBe(true)
  })

  it('replays the replies that it recorded', async () => {
    const { text, result } = await record()
    const replay = new Replay(text)
    await using ipvs = await IpvsClient.open({ transport: replay })
    expect(await program(ipvs, 2)).toEqual(result)
    expect(replay.remaining).toBe(0)
  })

  it('rejects a different request with the difference', async () => {
    const { text } = await record()
    await using ipvs = await IpvsClient.open({ transport: new Replay(text) })
    const error = await program(ipvs, 3).catch((reason: Error) => reason)
    expect(String(error)).toMatch(/^- {5}02000000\n\+ {5}03000000$/m)
  })

  it('rejects a request after its end', async () => {
    const { text } = await record()
    await using ipvs = await IpvsClient.open({ transport: new Replay(text) })
    await program(ipvs, 2)
    await expect(ipvs.flush()).rejects.toThrow(/The recording ends before this request/)
  })
})
