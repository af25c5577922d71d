import { describe, expect, it } from 'vitest'
import { handleKey } from '../../../../../src/cli/top/keys/handle-key.ts'
import { clampSelection, type View } from '../../../../../src/cli/top/model/view.ts'
import { type Line, type Style, textOf } from '../../../../../src/cli/top/render/line.ts'
import { countVisibleRows, render } from '../../../../../src/cli/top/render/render.ts'
import { rates, serviceRow, viewOf } from '../../../../support/cli/top-rows.ts'

const TRAFFIC = rates({
  ...{ connections: 8.5, incomingPackets: 246, outgoingPackets: 424 },
  ...{ incomingBytes: 105_000, outgoingBytes: 1_500_000 },
})
const SERVICES = [
  serviceRow(
    'tcp://192.0.2.1:80',
    {
      '10.0.0.1:80': { weight: 3, active: 12, inactive: 345, rates: TRAFFIC },
      '10.0.0.2:80': { weight: 0, method: 'nat' },
    },
    { active: 12, inactive: 345, rates: TRAFFIC },
  ),
  serviceRow('udp://[2001:db8::1]:53', { '[2001:db8::2]:53': { method: 'tun' } }),
]
const VIEW = clampSelection(viewOf(SERVICES), 10)
const LONG = 'tcp://[2001:db8:1234:5678:9abc:def0:1234:5678]:443'

/** The text of a view without trailing spaces. */
function textAt(width: number, height: number, view: View = VIEW): string {
  return render(view, { width, height })
    .map((line) => textOf(line).trimEnd())
    .join('\n')
}
const pressAll = (keys: readonly string[], view: View = VIEW) =>
  keys.reduce((before, key) => handleKey(before, key, 10).view, view)
const lastLine = (lines: readonly Line[]) => textOf(lines.at(-1)!)
const stylesOf = (lines: readonly Line[], text: string): Style[] =>
  lines.flatMap((line) => line.filter((span) => span.text.trim() === text).map(({ style }) => style))

describe('a view', () => {
  it('shows all columns at 96 characters', () => {
    expect(textAt(96, 12)).toBe(`\
lvs top   12:34:56   every 2 s                                                    sorted by name
                                                                         PACKETS/S       BYTES/S
SERVICE / DESTINATION       METHOD  WEIGHT  ACTIVE  INACTIVE  CONN/S     IN    OUT     IN    OUT
2 services, 3 destinations                      12       345     8.5    246    424  105 k  1.5 M
tcp://192.0.2.1:80          wlc                 12       345     8.5    246    424  105 k  1.5 M
  10.0.0.1:80               dr           3      12       345     8.5    246    424  105 k  1.5 M
  10.0.0.2:80               nat          0       0         0       0      0      0      0      0
udp://[2001:db8::1]:53      wlc                  0         0       0      0      0      0      0
  [2001:db8::2]:53          tun          1       0         0       0      0      0      0      0


q quit  ? help  / filter  s sort  r reverse  d drain  w weight  Space pause  u undrain  + slower`)
  })

  it('drops the least important columns at 80 characters', () => {
    expect(textAt(80, 10)).toBe(`\
lvs top   12:34:56   every 2 s                                    sorted by name
                                                       PACKETS/S       BYTES/S
SERVICE / DESTINATION       WEIGHT  ACTIVE  CONN/S     IN    OUT     IN    OUT
2 services, 3 destinations              12     8.5    246    424  105 k  1.5 M
tcp://192.0.2.1:80                      12     8.5    246    424  105 k  1.5 M
  10.0.0.1:80                    3      12     8.5    246    424  105 k  1.5 M
  10.0.0.2:80                    0       0       0      0      0      0      0
udp://[2001:db8::1]:53                   0       0      0      0      0      0
  [2001:db8::2]:53               1       0       0      0      0      0      0
q quit  ? help  / filter  s sort  r reverse  d drain  w weight  Space pause`)
  })

  it('shows names, weights and connections at 40 characters', () => {
    expect(textAt(40, 8)).toBe(`\
lvs top   12:34:56   every 2 s

SERVICE / DESTINATION     WEIGHT  CONN/S
2 services                           8.5
tcp://192.0.2.1:80                   8.5
  10.0.0.1:80                  3     8.5
  10.0.0.2:80                  0       0
q quit  ? help  / filter  s sort`)
  })

  it.each([1, 20, 39, 40, 47, 62, 80, 81, 95, 120, 160, 400])('fits a width of %d', (width) => {
    for (const height of [1, 7, 8, 24, 60]) {
      for (const view of [VIEW, pressAll(['?']), pressAll(['/', ...'x'.repeat(500)])]) {
        const lines = render(view, { width, height })
        expect(lines).toHaveLength(height)
        expect(Math.max(...lines.map((line) => textOf(line).length))).toBeLessThanOrEqual(width)
      }
    }
  })

  it('shows the required size on a smaller screen', () => {
    expect(textAt(39, 24).trimEnd()).toBe('lvs top needs 40x8 characters; q quits')
    expect(textAt(80, 7).trimEnd()).toBe('lvs top needs 40x8 characters; q quits')
  })

  it('shortens a long name in the middle, and only if necessary', () => {
    const view = viewOf([serviceRow(LONG)])
    expect(textAt(80, 8, view)).toContain('tcp://[2001:db~234:5678]:443  ')
    expect(textAt(120, 8, view)).toContain(LONG)
  })

  it('explains why there are no rows', () => {
    expect(textAt(80, 10, viewOf([]))).toContain('\n\nNo virtual services.\n')
    expect(textAt(80, 10, pressAll(['/', ...'10.9', 'return']))).toContain('\n\nNo name contains "10.9".\n')
  })

  it('scrolls to the selection', () => {
    const text = textAt(80, 8, clampSelection(pressAll(['end']), countVisibleRows({ width: 80, height: 8 })))
    expect(text).not.toContain('10.0.0.1:80')
    expect(text).toContain('[2001:db8::2]:53')
  })
})

describe('the first line', () => {
  const firstLine = (view: View, width = 80) => textOf(render(view, { width, height: 24 })[0]!)

  it('shows namespace, interval, filter and sorting', () => {
    const view = { ...VIEW, netns: 'director', interval: 0.5 }
    const paused = pressAll(['/', ...'10.0', 'return', '<', 'r', ' '], view)
    expect(firstLine(paused, 110)).toBe(
      'lvs top   director   12:34:56   paused   filter "10.0"                       sorted by bytes out, lowest first',
    )
    expect(firstLine(view)).toMatch(/^lvs top {3}director {3}12:34:56 {3}every 0.5 s +sorted by name$/)
  })

  it('on a narrow screen omits the sorting, which is marked below', () => {
    const view = pressAll(['/', ...'2001:db8:1234', 'return', 's'], VIEW)
    expect(firstLine(view, 60)).toBe('lvs top   12:34:56   every 2 s   filter "2001:db8:1234"')
    expect(stylesOf(render(view, { width: 120, height: 24 }), 'METHOD')).toEqual(['sorted'])
  })
})

describe('the last line', () => {
  const asked = (keys: readonly string[], width = 100, view: View = VIEW) =>
    lastLine(render(pressAll(keys, view), { width, height: 24 }))

  it('asks before a change', () => {
    expect(asked(['down', 'd'])).toBe('drain 10.0.0.1:80 of tcp://192.0.2.1:80? (y/n)')
    expect(asked(['down', 'w', '7'])).toMatch(
      /^weight of 10.0.0.1:80 of tcp:.* \(now 3\): 7_ +Enter to set, Esc to cancel$/,
    )
    expect(asked(['down', 'w', '7', 'return'])).toBe(
      'change the weight of 10.0.0.1:80 of tcp://192.0.2.1:80 from 3 to 7? (y/n)',
    )
    const drained = { ...VIEW, drained: new Map([['tcp://192.0.2.1:80 10.0.0.2:80', 8]]) }
    expect(asked(['down', 'down', 'u'], 100, drained)).toBe(
      'restore weight 8 of 10.0.0.2:80 of tcp://192.0.2.1:80? (y/n)',
    )
    expect(asked(['/', 'a'])).toMatch(/^filter: a_ +Enter to keep, Esc to cancel$/)
  })

  it('shortens names rather than the question', () => {
    const view = clampSelection(viewOf([serviceRow(LONG, { '[2001:db8:1234:5678:9abc::1]:443': {} })]), 10)
    expect(asked(['down', 'd'], 60, view)).toMatch(/^drain \[2001:.{40,}~?.*\? \(y\/n\)$/)
    expect(asked(['down', 'd'], 60, view)).toHaveLength(60)
  })

  it('takes more lines for a long message', () => {
    const text =
      'tcp://192.0.2.1:80 -> 10.0.0.1:80: the virtual service has no such destination; add it first'
    const view = { ...VIEW, notice: { text, isError: true } }
    expect(textAt(60, 10, view).split('\n').slice(-3)).toEqual([
      'udp://[2001:db8::1]:53               0       0      0      0',
      'tcp://192.0.2.1:80 -> 10.0.0.1:80: the virtual service has',
      'no such destination; add it first',
    ])
  })

  it('shows a message until the next key', () => {
    expect(asked(['d'])).toBe('select a destination to drain')
    expect(asked(['d', 'x'])).toMatch(/^q quit/)
  })
})

describe('styles', () => {
  const lines = render(VIEW, { width: 96, height: 24 })

  it('mark the selected row across the whole width', () => {
    const marked = lines.filter((line) => line.some(({ style }) => style === 'selected'))
    expect(marked).toHaveLength(1)
    expect(marked[0]).toMatchObject([{ style: 'selected' }])
    expect(textOf(marked[0]!)).toHaveLength(96)
  })

  it('emphasise services and fade zeros', () => {
    expect(stylesOf(lines, 'udp://[2001:db8::1]:53')).toEqual(['strong'])
    expect(stylesOf(lines, '[2001:db8::2]:53')).toEqual(['plain'])
    expect(new Set(stylesOf(lines, '0'))).toEqual(new Set(['faint', 'warning']))
    expect(stylesOf(lines, '0').filter((style) => style === 'warning')).toHaveLength(1)
  })

  it('mark the title of the sort column', () => {
    expect(stylesOf(lines, 'SERVICE / DESTINATION')).toEqual(['sorted'])
    const sorted = render(pressAll(['<', '<']), { width: 96, height: 24 })
    expect(stylesOf(sorted, 'IN')).toEqual(['faint', 'sorted'])
  })
})

it('help lists the keys', () => {
  const text = textAt(80, 24, pressAll(['?']))
  for (const word of ['drain', 'undrain', 'weight', 'sort', 'reverse', 'pause', 'Esc', 'Ctrl-C']) {
    expect(text).toContain(word)
  }
  expect(text).toContain('press any key to return')
})
