import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import type { NetlinkErrorCode } from '../../src/errors.ts'

const root = join(import.meta.dirname, '../..')
const guide = join(root, 'docs/guide')
const pages = ['README.md', ...readdirSync(guide).map((name) => `docs/guide/${name}`)].filter((page) =>
  page.endsWith('.md'),
)

/** Names that the blocks of a page may use without declaring them. */
const GIVEN =
  "import { formatService, type ServiceKey, type DestinationInput } from '@lvs/netlink'\n" +
  'declare const rules: { service: ServiceKey; destination: DestinationInput }[]\n' +
  'declare const destination: DestinationInput\n'

describe('the guide', () => {
  it.each(pages)('%s: the compiler accepts its code', (page) => {
    expect(diagnose(page)).toEqual([])
  })

  it.each(pages)('%s: its links have targets', (page) => {
    const text = readFileSync(join(root, page), 'utf8')
    const links = [...text.matchAll(/\]\(((?!https?:)[^)#]+)/g)].map(([, link]) => link!)
    const missing = links.filter((link) => ts.sys.fileExists(join(root, page, '..', link)) === false)
    expect(missing).toEqual([])
  })

  it('lists every code of a NetlinkError', () => {
    const codes: Record<NetlinkErrorCode, true> = {
      ERR_LVS_CLOSED: true,
      ERR_LVS_TIMEOUT: true,
      ERR_LVS_SOCKET: true,
      ERR_LVS_OVERRUN: true,
      ERR_LVS_UNANSWERED: true,
      ERR_LVS_MALFORMED: true,
      ERR_LVS_UNAVAILABLE: true,
      ERR_LVS_ADDON: true,
    }
    const text = readFileSync(join(guide, 'errors.md'), 'utf8')
    expect(Object.keys(codes).filter((code) => !text.includes(`\`${code}\``))).toEqual([])
  })
})

/** Compiles the TypeScript blocks of a page, one after another as one module. */
function diagnose(page: string): string[] {
  const blocks = [...readFileSync(join(root, page), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(
    ([, code]) => code,
  )
  const imports = new Set<string>()
  const bodies = blocks.map((code) => {
    const body = code!.replaceAll(/^import .*\n/gm, (line) => {
      imports.add(line)
      return ''
    })
    // A block that names the host it runs on is a separate program.
    return body.startsWith('// On ') ? `{\n${body}}\n` : body
  })
  const file = join(root, 'docs/examples', `${page.replaceAll(/\W/g, '-')}.ts`)
  const source = [...imports].join('') + GIVEN + bodies.join('')
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root)
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.getSourceFile = (name, version) =>
    name === file ? ts.createSourceFile(name, source, version) : getSourceFile(name, version)
  host.fileExists = (name) => name === file || fileExists(name)
  const unused = { noUnusedLocals: false, noUnusedParameters: false }
  const program = ts.createProgram([file], { ...options, ...unused }, host)
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}
