import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detectFormat } from '../../../../src/cli/commands/input/file-format.ts'
import { parseState } from '../../../../src/state/document/parse-state.ts'
import { MAX_DOCUMENT_LENGTH, YamlDocument } from '../../../../src/state/document/yaml-document.ts'
import { MAX_ALIASED_VALUES, MAX_DEPTH } from '../../../../src/state/document/yaml-values.ts'

const YAML = createRequire(import.meta.url)('yaml') as typeof import('yaml')

const repeat = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join('')
const address = (index: number) => `10.0.${index >> 8}.${index & 255}`

/** The messages of the problems of a text. */
function problemsOf(text: string): string[] {
  try {
    parseState(text)
  } catch (error) {
    return (error as { problems: { message: string }[] }).problems.map(({ message }) => message)
  }
  throw new Error('the document was accepted')
}

/** Processor time of a call in milliseconds, which other programs on this machine do not lengthen much. */
function timeOf(call: () => unknown): number {
  const start = process.cpuUsage()
  call()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

describe('one anchor', () => {
  it('may be used 10,000 times', () => {
    const text = `services:
  - service: tcp://192.0.2.1:80
    destinations: &servers [{ address: 10.0.0.1, forwarding: dr }, { address: 10.0.0.2, forwarding: dr }]
${repeat(10_000, (index) => `  - { service: "tcp://${address(index)}:80", destinations: *servers }\n`)}`
    const { services = [] } = parseState(text)
    expect(services).toHaveLength(10_001)
    expect(services.at(-1)?.destinations).toEqual(services[0]?.destinations)
  })
})

describe('a document that is made to be expensive', () => {
  it.each<[string, (count: number) => string]>([
    [
      'aliases of as many anchors',
      (count) =>
        `services:\n${repeat(count, (i) => `- &a${i} { service: "tcp://${address(i)}:80" }\n- *a${i}\n`)}`,
    ],
    ['unknown fields', (count) => `services: []\n${repeat(count, (i) => `k${i}: 1\n`)}`],
    ['the same field', (count) => 'services: []\n'.repeat(count)],
    ['wrong services', (count) => `services:\n${repeat(count, (i) => `- { service: x${i}, weight: 3 }\n`)}`],
    ['empty lines', (count) => `${'\n'.repeat(count * 10)}services: 1`],
  ])('takes a time that grows with its length: %s', (_, make) => {
    const run = (count: number) => timeOf(() => problemsOf(make(count)))
    run(500)
    const [short, long] = [run(1500), run(12_000)]
    // Eight times the length; quadratic work would take 64 times as long.
    expect(long / Math.max(short, 20)).toBeLessThan(24)
  })

  it('is recognised in linear time too, by its format', () => {
    expect(timeOf(() => detectFormat(undefined, `${'\n'.repeat(80_000)}services: []`))).toBeLessThan(500)
  })

  it('is refused with the limit: aliases of aliases', () => {
    const text = `a0: &a0 [x, x, x, x, x, x, x, x]\n${repeat(20, (i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}]\n`)}`
    expect(problemsOf(text)).toEqual([
      `the aliases of the document stand for more than ${MAX_ALIASED_VALUES} values`,
    ])
  })

  it('is refused with the limit: objects that take over the fields of others', () => {
    const text = `a0: &a0 { x: 1 }\n${repeat(40, (i) => `a${i + 1}: &a${i + 1} { <<: *a${i}, p${i}: { <<: *a${i} } }\n`)}`
    expect(problemsOf(text)).toEqual([
      `the aliases of the document stand for more than ${MAX_ALIASED_VALUES} values`,
    ])
  })

  it.each([
    ['101 levels', `${'['.repeat(101)}${']'.repeat(101)}`],
    ['10,000 levels', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['100,000 levels that are not closed', '{a: '.repeat(100_000)],
  ])('is refused with the limit: %s', (_, text) => {
    expect(problemsOf(text)).toEqual([`the document is nested deeper than ${MAX_DEPTH} levels`])
  })

  it('is refused with the limit: its length', () => {
    expect(problemsOf(' '.repeat(MAX_DOCUMENT_LENGTH + 1))).toEqual([
      `the document has more than ${MAX_DOCUMENT_LENGTH} characters`,
    ])
  })

  it.each(['services: &a [*a]', 'services: &a { b: { c: *a } }'])('%s is refused', (text) => {
    expect(problemsOf(text)).toEqual(['alias *a is inside the value of its own anchor &a'])
  })
})

describe('the values of a YAML text', () => {
  const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'toString', '1')
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.constantFrom(
        '1',
        'text',
        'null',
        '~',
        'true',
        '"a b"',
        "'x'",
        '0x1f',
        '1.5',
        '""',
        '*x',
        '*y',
        '*z',
      ),
      fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
      fc
        .uniqueArray(fc.tuple(name, tie('value')), { maxLength: 3, selector: ([key]) => key })
        .map((fields) => `{ ${fields.map(([key, content]) => `${key}: ${content}`).join(', ')} }`),
      fc
        .tuple(fc.constantFrom('*x', '*y', '[*x, *y]', '{ b: 7 }'), tie('value'))
        .map(([source, content]) => `{ a: ${content}, <<: ${source}, c: 3 }`),
      fc
        .tuple(fc.constantFrom('x', 'y', 'z'), tie('value'))
        .filter(([, content]) => !content.startsWith('*'))
        .map(([anchor, content]) => `&${anchor} ${content}`)
        .filter((text) => !/^&\w &/.test(text)),
    ),
  }))

  it('are those of the package (2,000 documents with anchors, aliases and merged objects)', () => {
    let compared = 0
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), (items) => {
        const text = `- &x { a: 1, b: { c: 2 } }\n- &y { b: 3, d: [4] }\n- &z 5\n${items.map((item) => `- ${item}\n`).join('')}`
        let expected: unknown
        try {
          const document = YAML.parseDocument(text, { stringKeys: true, merge: true })
          if (document.errors.length > 0) return
          expected = document.toJS({ maxAliasCount: -1 })
        } catch {
          return
        }
        let actual: unknown
        try {
          actual = new YamlDocument(text, '').data
        } catch (error) {
          // The package resolves an alias inside of its own anchor to an unfinished object, or merges what is no object.
          expect(String(error)).toMatch(/inside the value of its own anchor|Merge sources must be maps/)
          return
        }
        expect(actual).toEqual(expected)
        compared++
      }),
      { numRuns: 2000 },
    )
    expect(compared).toBeGreaterThan(1000)
  })
})
