import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ORDER } from '../support/architecture/layout.ts'

const ROOT = join(import.meta.dirname, '../..')
/** The generated reference is not part of the repository. */
const GENERATED = join(ROOT, 'docs/api')

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].map((name) => join(ROOT, name)),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((name) => join(ROOT, 'docs', name))
    .filter((path) => path.endsWith('.md') && !path.startsWith(GENERATED)),
].map((path) => [relative(ROOT, path), readFileSync(path, 'utf8')] as const)

describe('the documentation', () => {
  it.each(pages)('%s: every repository path in it exists', (_, text) => {
    const paths = text.match(/(?<![\w/@.-])(?:src|test|native|docs)\/[\w./-]*\w/g) ?? []
    expect(paths.filter((path) => path !== 'docs/api' && !existsSync(join(ROOT, path)))).toEqual([])
  })

  it.each(pages)('%s: every link leads to a file and a heading', (page, text) => {
    const links = [...text.matchAll(/\]\(((?!https?:)[^)\s]+)\)/g)].map(([, link]) => link!)
    const broken = links.filter((link) => {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? page : join(dirname(page), path)
      if (!existsSync(join(ROOT, target))) return true
      return anchor !== undefined && !anchorsIn(target).includes(anchor)
    })
    expect(broken).toEqual([])
  })

  it('lists the folders of src in their order', () => {
    const text = readFileSync(join(ROOT, 'docs/design/architecture.md'), 'utf8')
    const rooms = text.slice(text.indexOf('## Rooms'), text.indexOf('\n## ', text.indexOf('## Rooms') + 1))
    const listed = [...rooms.matchAll(/^\| `src\/([^`]+)` \|/gm)].map(([, folder]) => folder)
    expect(listed).toEqual(ORDER)
  })
})

/** The anchors that GitHub generates for the headings of a page. */
function anchorsIn(page: string): string[] {
  const headings = readFileSync(join(ROOT, page), 'utf8').matchAll(/^#+ (.*)$/gm)
  return [...headings].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
