import { describe, expect, it } from 'vitest'
import { handleKey, toKey } from '../../../../../src/cli/top/keys/handle-key.ts'
import type { KeyResult } from '../../../../../src/cli/top/keys/key-result.ts'
import { clampSelection, type View, visibleRows } from '../../../../../src/cli/top/model/view.ts'
import { serviceRow, viewOf } from '../../../../support/cli/top-rows.ts'

const HEIGHT = 10
const VIEW = clampSelection(
  viewOf([
    serviceRow('tcp://192.0.2.1:80', { '10.0.0.1:80': { weight: 3 }, '10.0.0.2:80': { weight: 0 } }),
    serviceRow('udp://192.0.2.1:53'),
  ]),
  HEIGHT,
)

/** Presses keys one after another. */
function pressAll(keys: readonly string[], view: View = VIEW): KeyResult {
  return keys.reduce<KeyResult>((result, key) => handleKey(result.view, key, HEIGHT), { view })
}
const noticeAfter = (...keys: string[]) => pressAll(keys).view.notice?.text

describe('key events of node:readline', () => {
  it.each([
    ['up', undefined, { name: 'up' }],
    ['pagedown', undefined, { name: 'pagedown' }],
    ['return', '\r', { name: 'return' }],
    ['return', '\n', { name: 'enter' }],
    ['escape', '\u001b', { name: 'escape', meta: true }],
    ['ctrl-c', '\u0003', { name: 'c', ctrl: true }],
    ['G', 'G', { name: 'g' }],
    [' ', ' ', { name: 'space' }],
    ['/', '/', {}],
    ['ö', 'ö', {}],
    ['', 'x', { name: 'x', meta: true }],
    ['', undefined, { name: 'f5' }],
    ['', '\t', { name: 'tab' }],
  ] as const)('%s', (key, text, event) => {
    expect(toKey(text, event)).toBe(key)
  })
})

describe('keys of the table', () => {
  it('move the selection', () => {
    expect(pressAll(['j', 'down', 'k']).view.selected.index).toBe(1)
    expect(pressAll(['end']).view.selected.index).toBe(3)
    expect(pressAll(['G', 'home']).view.selected.index).toBe(0)
    expect(pressAll(['pagedown', 'pageup']).view.selected.index).toBe(0)
  })

  it('select the sort key and reverse the order', () => {
    expect(pressAll(['s', '>']).view.sorting).toEqual({ key: 'weight', isReversed: false })
    expect(pressAll(['<', 'r']).view.sorting).toEqual({ key: 'outgoingBytes', isReversed: true })
    expect(pressAll(['r', 's']).view.sorting.isReversed).toBe(false)
  })

  it('change the interval and pause', () => {
    expect(pressAll(['+']).view.interval).toBe(5)
    expect(pressAll(['-', '-', '-']).view.interval).toBe(0.5)
    expect(pressAll(['-'], { ...VIEW, interval: 3 }).view.interval).toBe(2)
    expect(pressAll([...'++++++']).view.interval).toBe(60)
    expect(pressAll([' ']).view.isPaused).toBe(true)
    expect(pressAll([' ', ' ']).view.isPaused).toBe(false)
  })

  it('show help until any key', () => {
    expect(pressAll(['?']).view.mode.kind).toBe('help')
    const back = pressAll(['?', 'q'])
    expect(back).toMatchObject({ view: { mode: { kind: 'table' } } })
    expect(back.effect).toBeUndefined()
  })

  it.each([
    ['q', 'quit'],
    ['ctrl-c', 'interrupt'],
    ['ctrl-z', 'suspend'],
    ['ctrl-l', 'redraw'],
  ])('include %s: %s', (key, kind) => {
    expect(pressAll([key]).effect).toEqual({ kind })
  })

  it('without a binding do nothing', () => {
    expect(pressAll(['x', ''])).toEqual({ view: VIEW })
  })
})

describe('/', () => {
  it('filters while the user types; Enter keeps the filter', () => {
    const typed = pressAll(['/', ...'udpx', 'backspace'])
    expect(visibleRows(typed.view).map(({ name }) => name)).toEqual(['udp://192.0.2.1:53'])
    expect(typed.view.mode.kind).toBe('filter')
    expect(pressAll(['return'], typed.view).view).toMatchObject({ filter: 'udp', mode: { kind: 'table' } })
  })

  it('restores the previous filter on Esc; another Esc clears it', () => {
    const filtered = pressAll(['/', ...'udp', 'return']).view
    const again = pressAll(['/', 'ctrl-u', ...'tcp', 'escape'], filtered).view
    expect(again).toMatchObject({ filter: 'udp', mode: { kind: 'table' } })
    expect(pressAll(['escape'], again).view.filter).toBe('')
  })

  it('accepts characters that are keys of the table, but not Ctrl-C', () => {
    expect(pressAll(['/', 'q', 'd', ' ', 'down']).view.filter).toBe('qd ')
    expect(pressAll(['/', 'ctrl-c']).effect).toEqual({ kind: 'interrupt' })
  })
})

describe('d', () => {
  it('drains the selected destination after confirmation', () => {
    const asked = pressAll(['down', 'd'])
    expect(asked.effect).toBeUndefined()
    expect(asked.view.mode).toMatchObject({ kind: 'confirm', change: { weight: 0, kind: 'drain' } })
    const { view, effect } = pressAll(['y'], asked.view)
    expect(effect).toMatchObject({
      kind: 'change',
      change: { destination: { name: '10.0.0.1:80' }, weight: 0 },
    })
    expect(view.mode.kind).toBe('table')
  })

  it('does nothing on any other key', () => {
    for (const key of ['n', 'escape', 'return', 'd', ' ']) {
      const { view, effect } = pressAll(['down', 'd', key])
      expect(effect).toBeUndefined()
      expect(view).toMatchObject({ mode: { kind: 'table' }, notice: { text: 'cancelled' } })
    }
  })

  it('acts on the destination that was selected, even if the table changes before the answer', () => {
    const asked = pressAll(['down', 'd']).view
    const gone = clampSelection({ ...asked, snapshot: viewOf([]).snapshot }, HEIGHT)
    expect(handleKey(gone, 'y', HEIGHT).effect).toMatchObject({
      change: { destination: { name: '10.0.0.1:80', service: 'tcp://192.0.2.1:80' } },
    })
  })

  it('explains why there is nothing to drain', () => {
    expect(noticeAfter('d')).toBe('select a destination to drain')
    expect(noticeAfter('down', 'down', 'd')).toBe('10.0.0.2:80 already has weight 0')
    expect(noticeAfter('d', 'x')).toBeUndefined()
  })
})

describe('w', () => {
  it('asks for a weight, then for confirmation', () => {
    const asked = pressAll(['down', 'w', '1', 'x', '2', '5', 'backspace', 'return'])
    expect(asked.view.mode).toMatchObject({ kind: 'confirm', change: { weight: 12, kind: 'set' } })
    expect(pressAll(['Y'], asked.view).effect).toMatchObject({ kind: 'change', change: { weight: 12 } })
  })

  it('drains with weight 0', () => {
    expect(pressAll(['down', 'w', '0', 'return']).view.mode).toMatchObject({ change: { kind: 'drain' } })
  })

  it('can be cancelled, and rejects weights that the kernel would refuse', () => {
    expect(noticeAfter('down', 'w', '5', 'escape')).toBe('cancelled')
    expect(noticeAfter('down', 'w', 'return')).toBe('cancelled')
    expect(noticeAfter('down', 'w', ...'2147483648', 'return')).toMatch(/maximum weight is 2147483647/)
    expect(noticeAfter('down', 'w', '3', 'return')).toBe('10.0.0.1:80 already has weight 3')
    expect(noticeAfter('w')).toBe('select a destination to set its weight')
  })
})

describe('u', () => {
  it('restores the weight of a destination that was drained here', () => {
    const id = 'tcp://192.0.2.1:80 10.0.0.2:80'
    const drained = { ...VIEW, drained: new Map([[id, 8]]) }
    expect(pressAll(['down', 'down', 'u', 'y'], drained).effect).toMatchObject({
      change: { weight: 8, kind: 'undrain' },
    })
  })

  it('explains why there is nothing to undrain', () => {
    expect(noticeAfter('u')).toBe('select a destination to undrain')
    expect(noticeAfter('down', 'u')).toBe('10.0.0.1:80 is not drained; its weight is 3')
    expect(noticeAfter('down', 'down', 'u')).toBe('10.0.0.2:80 was not drained here; use w to set its weight')
  })
})
