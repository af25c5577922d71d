import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { detectFormat } from '../../../../src/cli/commands/input/file-format.ts'
import { parseKeepalived } from '../../../../src/dialect/keepalived/parse-keepalived.ts'
import { readKeepalived } from '../../../../src/dialect/keepalived/read-keepalived.ts'

/** Milliseconds: each of these took many seconds, or never ended. */
const SOON = 5000

/** A directory with files. */
function makeFiles(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'lvs-keepalived-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  return directory
}

describe('a keepalived.conf that would exhaust time or memory', () => {
  it('is refused if definitions double', { timeout: 60_000 }, async () => {
    const names = Array.from({ length: 40 }, (_, index) => `$A${index + 1}=\${A${index}} \${A${index}}`)
    const text = ['$A0=xxxxxxxx', ...names, `\${A40}`].join('\n')
    await expect(parseKeepalived(text)).rejects.toThrow(
      'the definitions expand to more than 16777216 characters',
    )
  })

  it('is refused if a long line refers to a long definition many times', { timeout: 60_000 }, async () => {
    const text = `$A=${'x'.repeat(1_000_000)}\n${`\${A} `.repeat(200_000)}`
    await expect(parseKeepalived(text)).rejects.toThrow(
      'the definitions expand to more than 16777216 characters',
    )
  })

  it('is refused if repetitions multiply', { timeout: 60_000 }, async () => {
    const text = '~SEQ(A, 1, 60000) ~SEQ(B, 1, 60000) weight'
    await expect(parseKeepalived(text)).rejects.toThrow('more than 16777216 characters')
    await expect(parseKeepalived('~SEQ(A, 1, 70000) weight')).rejects.toThrow('at most 65536 repetitions')
  })

  it.each([
    ['opens parentheses', `~SEQ(${'{'.repeat(50_000)}`],
    ['opens references', `~LST(${`\${a}`.repeat(20_000)}${'$'.repeat(20_000)}`],
    ['opens braces in a list', `~LST(${'{'.repeat(50_000)})`],
    ['repeats a backslash', `virtual_server ${'\\'.repeat(100_000)}`],
    ['repeats a quote', `virtual_server ${'"'.repeat(100_001)}`],
    ['opens blocks', 'vrrp_instance V {'.repeat(50_000)],
    ['has blank lines', '\n'.repeat(200_000)],
    ['has blanks in lines', `${' '.repeat(2000)}\n`.repeat(500)],
  ])('is read in linear time if it %s', { timeout: 60_000 }, async (_, text) => {
    const start = performance.now()
    await parseKeepalived(text, { lenient: true }).catch(() => {})
    detectFormat(undefined, text)
    expect(performance.now() - start).toBeLessThan(SOON)
  })

  it('is refused if its blocks are nested more than 100 deep', async () => {
    await expect(parseKeepalived('vrrp_instance V {'.repeat(102))).rejects.toThrow('more than 100 blocks')
  })

  it('is refused if files include each other', async () => {
    const directory = makeFiles({ 'a.conf': 'include *.conf', 'b.conf': 'include *.conf' })
    await expect(readKeepalived(join(directory, 'a.conf'))).rejects.toThrow('b.conf includes itself')
  })

  it('is refused if it includes more than 4096 files in all', { timeout: 60_000 }, async () => {
    // Each file includes the next twice.
    const files = Array.from({ length: 16 }, (_, index) => [`${index}`, `include ${index + 1}\n`.repeat(2)])
    const directory = makeFiles(Object.fromEntries([...files, ['16', '']]))
    await expect(readKeepalived(join(directory, '0'))).rejects.toThrow('more than 4096 files are included')
  })

  it('is refused if it includes a FIFO, which would never end', async () => {
    const directory = makeFiles({ 'a.conf': 'include fifo' })
    execFileSync('mkfifo', [join(directory, 'fifo')])
    await expect(readKeepalived(join(directory, 'a.conf'))).rejects.toThrow('no file matches fifo')
  })

  it('is refused if the braces of a pattern have more than 1024 alternatives', async () => {
    const directory = makeFiles({ 'a.conf': `include ${'{a,b}'.repeat(40)}` })
    await expect(readKeepalived(join(directory, 'a.conf'))).rejects.toThrow(
      'the braces of a pattern have more than 1024 alternatives',
    )
  })
})
