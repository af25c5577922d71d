import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
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
const NOTHING: RecordedState = { active: [], records: [] }

async function newFile(): Promise<StateFile> {
  const folder = new StateFolder()
  onTestFinished(() => folder[Symbol.dispose]())
  return await StateFile.of(undefined, folder.path)
}

/** Changes what a file says, as another start of the machine or another version would have it. */
function rewrite({ path }: StateFile, changes: object): void {
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...changes }))
}

it('says what was written to it', async () => {
  const file = await newFile()
  expect(await file.read()).toEqual(NOTHING)
  await file.write(STATE)
  expect(await file.read()).toMatchObject(STATE)
})

it('is not there when there is nothing to say', async () => {
  const file = await newFile()
  await file.write(STATE)
  await file.write(NOTHING)
  expect(() => readFileSync(file.path)).toThrow('ENOENT')
})

it.each([{ boot: '00000000-0000-4000-8000-000000000000' }, { netns: '1' }])(
  'means nothing under another %o',
  async (identity) => {
    const file = await newFile()
    await file.write(STATE)
    rewrite(file, identity)
    expect(await file.read()).toEqual(NOTHING)
  },
)

it.each([
  'not JSON',
  '[]',
  'null',
  '{"version":2}',
  '{"version":1,"boot":"","netns":"","active":[],"records":[{"kind":"file","subject":"/etc/passwd","before":"","applied":[],"owners":[]}]}',
])('is refused when it holds %s', async (text) => {
  const file = await newFile()
  writeFileSync(file.path, text)
  await expect(file.read()).rejects.toMatchObject({
    code: 'ERR_LVS_STATE_FILE',
    message: expect.stringContaining(file.path),
  })
})

it('is one for each network namespace, whichever way that is reached', async () => {
  const own = await identifyNamespace(undefined)
  expect(own).toEqual(await identifyNamespace('/proc/self/ns/net'))
  expect(await defaultStateFile({ ...own, netns: '7' })).toBe('/var/lib/lvs/state-7.json')
})
