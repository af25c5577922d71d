// npm run bench:micro: the cost of the library alone, on the kernel of this machine, which does not need IPVS.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { microText } from './micro/text.mjs'
import { buildLibrary, compilePrograms } from './prepare.mjs'
import { runForJson } from './run.mjs'
import { median, medianOf } from './statistics.mjs'

const ROUNDS = 5
const EXCHANGES = '10000'
/** Space for all allocations of a piece of work, so that they can be counted. */
const LARGE_HEAP = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256']

const { values } = parseArgs({ options: { json: { type: 'string' } } })

const node = (flags, name, ...words) => [
  process.execPath,
  ...flags,
  fileURLToPath(new URL(`micro/${name}.mjs`, import.meta.url)),
  ...words,
]

/** The exchange in C and through the library, alternately. */
async function exchanges() {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    compilePrograms(scratch)
    const raw = []
    const library = []
    for (let round = 0; round < ROUNDS; round++) {
      raw.push((await runForJson([`${scratch}/exchange`, EXCHANGES])).nanoseconds)
      library.push((await runForJson(node([], 'exchange', EXCHANGES))).nanoseconds)
    }
    const result = { rawNanoseconds: median(raw), nanoseconds: median(library) }
    return { ...result, ratio: result.nanoseconds / result.rawNanoseconds }
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

/** A large piece of work in new processes, and again in the same processes when they are warm. */
async function large(way) {
  const samples = []
  for (let round = 0; round < ROUNDS; round++) {
    samples.push(await runForJson(node([], 'loop', way)))
  }
  return Object.fromEntries(Object.keys(samples[0]).map((field) => [field, medianOf(samples, field)]))
}

buildLibrary()
const ways = await runForJson(node([], 'ways'))
const result = {
  ...{
    date: new Date().toISOString(),
    node: process.version,
    cpu: cpus()[0].model,
    kernel: /^[\d.]+/.exec(release())[0],
  },
  commands: {
    batch: await runForJson(node(LARGE_HEAP, 'commands', 'batch')),
    calls: await runForJson(node(LARGE_HEAP, 'commands', 'calls')),
  },
  decode: await runForJson(node(LARGE_HEAP, 'decode')),
  large: {},
  exchange: await exchanges(),
}
for (const way of ['batch', 'calls', ...ways]) result.large[way] = await large(way)

if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, undefined, 2)}\n`)
console.log(microText(result))
