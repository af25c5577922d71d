import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { defaultStateFile, identifyNamespace } from '../../../../src/host/facts/namespace-identity.ts'
import { type RecordedState, StateFile } from '../../../../src/host/role/state-file.ts'
import { StateFolder } from '../../../support/host/state-folder.ts'

const STATE: RecordedState = {
  active: ['cluster-node 192.0.2.1'],
  records: [
    {
      kind: 'sysctl',
      subject: 'net.ipv4.conf.all.arp_ignore',
      before: '0',
      applied: ['1'],
      owners: ['real-server 192.0.2.1'],
    },
    {
      kind: 'address',
      subject: '192.0.2.1/32 on lo',
      before: null,
      applied: [{ label: 'lo:0' }],
      owners: [],
    },
  ],
}
const EMPTY: RecordedState = { active: [], records: [] }

async function newFile(): Promise<StateFile> {
  const folder = new StateFolder()
  onTestFinished(() => folder[Symbol.dispose]())
  return await StateFile.of(undefined, folder.path)
}

/** Changes fields of a file, as another boot or another version would have written them. */
function rewrite({ path }: StateFile, changes: object): void {
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...changes }))
}

describe('StateFile', () => {
  it('reads the state that was written', async () => {
    const file = await newFile()
    expect(await file.read()).toEqual(EMPTY)
    await file.write(STATE)
    expect(await file.read()).toMatchObject(STATE)
  })

  it('removes the file when there is nothing to record', async () => {
    const file = await newFile()
    await file.write(STATE)
    await file.write(EMPTY)
    expect(() => readFileSync(file.path)).toThrow('ENOENT')
  })

  it.each([{ boot: '00000000-0000-4000-8000-000000000000' }, { netns: '1' }])(
    'ignores the records of another %o',
    async (identity) => {
      const file = await newFile()
      await file.write(STATE)
      rewrite(file, identity)
      expect(await file.read()).toEqual(EMPTY)
    },
  )

  it.each([
    'not JSON',
    '[]',
    'null',
    '{"version":2}',
    '{"version":1,"boot":"","netns":"","active":[],"records":[{"kind":"file","subject":"/etc/passwd","before":"","applied":[],"owners":[]}]}',
  ])('rejects the content %s', async (text) => {
    const file = await newFile()
    writeFileSync(file.path, text)
    await expect(file.read()).rejects.toMatchObject({
      code: 'ERR_LVS_STATE_FILE',
      message: expect.stringContaining(file.path),
    })
  })

  it('has one default path for each network namespace, whatever path leads to it', async () => {
    const own = await identifyNamespace(undefined)
    expect(own).toEqual(await identifyNamespace('/proc/self/ns/net'))
    expect(await defaultStateFile({ ...own, netns: '7' })).toBe('/var/lib/lvs/state-7.json')
  })
})

describe('StateFile.lock', () => {
  /** The names of the lock files beside a file. */
  const locks = ({ path }: StateFile) =>
    readdirSync(dirname(path)).filter((name) => name.startsWith(`.${basename(path)}.lock`))

  it('runs concurrent calls one after another', async () => {
    const file = await newFile()
    let inside = 0
    const use = async () => {
      inside++
      expect(inside).toBe(1)
      await new Promise((resolve) => setImmediate(resolve))
      inside--
    }
    await Promise.all(Array.from({ length: 10 }, () => file.lock(undefined, use)))
    expect(locks(file)).toHaveLength(1)
  })

  it('returns the result of the function, and is released when the function fails', async () => {
    const file = await newFile()
    await expect(file.lock(undefined, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await expect(file.lock(undefined, async () => 7)).resolves.toBe(7)
  })

  it('does not block calls for another file', async () => {
    const [one, other] = [await newFile(), await newFile()]
    const nested = await one.lock(undefined, () => other.lock(undefined, async () => 'both'))
    expect(nested).toBe('both')
  })

  it('stops waiting when the signal is aborted', async () => {
    const file = await newFile()
    await file.lock(undefined, async () => {
      const controller = new AbortController()
      const waiting = file.lock(controller.signal, async () => {})
      controller.abort(new Error('enough'))
      await expect(waiting).rejects.toThrow('enough')
    })
  })

  it('rejects when another call holds it for 60 seconds', async () => {
    const file = await newFile()
    await file.lock(undefined, async () => {
      const start = performance.now()
      const clock = vi
        .spyOn(performance, 'now')
        .mockReturnValueOnce(start)
        .mockReturnValue(start + 60_000)
      onTestFinished(() => clock.mockRestore())
      const waiting = file.lock(undefined, async () => {})
      await expect(waiting).rejects.toMatchObject({
        code: 'ERR_LVS_BUSY',
        message: expect.stringContaining(file.path),
      })
    })
  })

  it('is held by only one of many calls that find the lock file of a dead process', async () => {
    const file = await newFile()
    writeFileSync(join(dirname(file.path), `.${basename(file.path)}.lock`), '')
    let inside = 0
    const use = async () => {
      expect(++inside).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 5))
      inside--
    }
    await Promise.all(Array.from({ length: 8 }, () => file.lock(undefined, use)))
  })

  it('works with a path of any length', async () => {
    const { path } = await newFile()
    const file = await StateFile.of(undefined, join(dirname(path), 'a'.repeat(120), 'state.json'))
    await expect(file.lock(undefined, async () => 'done')).resolves.toBe('done')
  })
})
