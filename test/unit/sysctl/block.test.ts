import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasUnterminatedBlock, removeBlock, replaceBlock } from '../../../src/sysctl/block.ts'

describe('a block', () => {
  it('is appended to a text, after an empty line', () => {
    expect(replaceBlock('a = 1\n', 'web', ['b = 2', 'c = 3'])).toBe(
      'a = 1\n\n# BEGIN @lvs/netlink web\nb = 2\nc = 3\n# END @lvs/netlink web\n',
    )
  })

  it('of the same name is replaced in place', () => {
    const text = `${replaceBlock('a = 1\n', 'web', ['b = 2'])}z = 9\n`
    expect(replaceBlock(text, 'web', ['b = 7'])).toBe(text.replace('b = 2', 'b = 7'))
  })

  it('of another name is kept, whichever is removed first', () => {
    const both = replaceBlock(replaceBlock('a\n', 'web', ['b']), 'web2', ['c'])
    expect(removeBlock(both, 'web2')).toBe(replaceBlock('a\n', 'web', ['b']))
    expect(removeBlock(both, 'web')).toBe(replaceBlock('a\n', 'web2', ['c']))
    expect(removeBlock(both, 'we')).toBe(both)
  })

  it('is found only by complete lines', () => {
    const text = '## BEGIN @lvs/netlink web\n# BEGIN @lvs/netlink web 2\n'
    expect(removeBlock(text, 'web')).toBe(text)
    expect(hasUnterminatedBlock(text, 'web')).toBe(false)
  })

  it('is unterminated if its end line is missing or after the begin line of another block', () => {
    const text = replaceBlock('', 'web', ['b'])
    expect(hasUnterminatedBlock(text, 'web')).toBe(false)
    expect(hasUnterminatedBlock(text.replace('# END @lvs/netlink web\n', ''), 'web')).toBe(true)
    const interleaved = text.replace('\nb\n', '\n# BEGIN @lvs/netlink mail\nb\n')
    expect(hasUnterminatedBlock(interleaved, 'web')).toBe(true)
    expect(removeBlock(interleaved, 'web')).toBe(interleaved)
  })

  it('that was moved by another program leaves no lines joined', () => {
    const block = replaceBlock('', 'web', ['b']).slice(1)
    expect(removeBlock(`a\n${block}c\n`, 'web')).toBe('a\nc\n')
    expect(removeBlock(`${block}c\n`, 'web')).toBe('c\n')
    expect(removeBlock(`a\n\n${block}c\n`, 'web')).toBe('a\nc\n')
    expect(removeBlock(`a\n\n${block.slice(0, -1)}`, 'web')).toBe('a\n')
  })

  it('leaves any text unchanged once all blocks are removed, in any order', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('', '# BEGIN @lvs/netlink', 'a = 1', '\r'))
    const text = fc
      .tuple(fc.array(line), fc.constantFrom('', '\n', '\n\n'))
      .map(([lines, end]) => lines.join('\n') + end)
    const lines = fc.array(fc.stringMatching(/^net\.[a-z.]+ = \d+$/), { maxLength: 3 })
    const names = fc.shuffledSubarray(['web', 'mail', 'we'], { minLength: 3 })
    fc.assert(
      fc.property(text, fc.array(lines, { minLength: 3, maxLength: 3 }), names, (before, blocks, order) => {
        const put = ['web', 'mail', 'we'].reduce(
          (all, name, index) => replaceBlock(all, name, blocks[index]!),
          before,
        )
        const again = ['web', 'mail', 'we'].reduce(
          (all, name, index) => replaceBlock(all, name, blocks[index]!),
          put,
        )
        expect(again).toBe(put)
        expect(order.reduce(removeBlock, put)).toBe(before)
      }),
      { numRuns: 2000 },
    )
  })
})
