import { constants, platform } from 'node:os'
import { describe, expect, it } from 'vitest'
import { ENOENT, errorName, errorNumber } from '../../../../src/netlink/wire/errno.ts'
import { ERRNO_NAMES } from '../../../../src/testing/wire/kernel-errno.ts'

describe('the name of an error number', () => {
  it.each([
    [1, 'EPERM'],
    [2, 'ENOENT'],
    [3, 'ESRCH'],
    [11, 'EAGAIN'],
    [17, 'EEXIST'],
    [22, 'EINVAL'],
    [40, 'ELOOP'],
    [42, 'ENOMSG'],
    [59, 'EBFONT'],
    [95, 'EOPNOTSUPP'],
    [97, 'EAFNOSUPPORT'],
    [133, 'EHWPOISON'],
  ])('%i is %s on Linux, wherever this runs', (errno, name) => expect(errorName(errno)).toBe(name))

  it.each([0, -1, 41, 58, 134, 4000])('is its number if Linux has no name: %i', (errno) => {
    expect(errorName(errno)).toBe(`E${errno}`)
  })

  it('equals that of Node.js for every error on Linux', () => {
    if (platform() !== 'linux') return
    const aliases = ['EWOULDBLOCK', 'ENOTSUP']
    const names = Object.entries(constants.errno).filter(([name]) => !aliases.includes(name))
    expect(names.length).toBeGreaterThan(70)
    for (const [name, errno] of names) expect(errorName(errno)).toBe(name)
  })

  it('is the same in the simulated kernel', () => {
    for (const name of ERRNO_NAMES) expect(errorName(errorNumber(name))).toBe(name)
    expect(errorName(ENOENT)).toBe('ENOENT')
  })
})

describe('the number of an error name', () => {
  it('belongs to that name', () => {
    expect(errorNumber('EPERM')).toBe(1)
    for (let errno = 1; errno <= 133; errno++) {
      if (errorName(errno) !== `E${errno}`) expect(errorNumber(errorName(errno))).toBe(errno)
    }
  })

  it('is 0 where Linux has no such name', () => {
    expect(['-', '', 'ENOTHING', 'toString'].map(errorNumber)).toEqual([0, 0, 0, 0])
  })
})
