import { execFileSync } from 'node:child_process'
import { constants, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  addon,
  descriptors,
  exchange,
  makeNamespace,
  type Namespace,
  open,
  ROUTE,
  runProgram,
} from '../support/native/addon.ts'
import { getLinks, parse, stringAttribute } from '../support/native/messages.ts'

/** From <fcntl.h>; node:fs does not define it. */
const O_CLOEXEC = 0o2000000

let namespace: Namespace
let scratch: string
beforeAll(() => {
  namespace = makeNamespace()
  scratch = mkdtempSync(join(tmpdir(), 'lvs-native-'))
})
afterAll(() => {
  namespace.remove()
  rmSync(scratch, { recursive: true })
})

/** A file that blocks open() for reading without O_NONBLOCK. */
function makeFifo(): string {
  const path = join(scratch, 'fifo')
  execFileSync('mkfifo', [path])
  return path
}

function closesOnExec(descriptor: number): boolean {
  const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))![1]!
  return (Number.parseInt(flags, 8) & O_CLOEXEC) !== 0
}

async function links(netns?: string): Promise<(string | undefined)[]> {
  const socket = await open({ protocol: ROUTE, netns })
  const { bytes } = await exchange(socket, [getLinks(1)])
  socket.close()
  return parse(bytes)
    .filter((answer) => answer.type === 16)
    .map((link) => stringAttribute(link, 16, 3))
}

describe('openSocket', () => {
  it('opens in the network namespace of a path', async () => {
    expect(await links(namespace.path)).toEqual(['lo'])
  })

  it('opens in the namespace of the caller without a path, before and after', async () => {
    const own = execFileSync('ip', ['-brief', 'link'], { encoding: 'utf8' }).trim().split('\n')
    const before = readlinkSync('/proc/thread-self/ns/net')
    expect(await links()).toHaveLength(own.length)
    await links(namespace.path)
    expect(await links()).toHaveLength(own.length)
    expect(readlinkSync('/proc/thread-self/ns/net')).toBe(before)
    for (const path of ['/proc/self/ns/net', `/proc/${process.pid}/ns/net`]) {
      expect(await links(path)).toHaveLength(own.length)
    }
  })

  it('does not prevent the deletion of the namespace, which does not break the socket', async () => {
    const brief = makeNamespace()
    const socket = await open({ protocol: ROUTE, netns: brief.path })
    brief.remove()
    expect((await exchange(socket, [getLinks(1, 1)])).state).toBe('complete')
    socket.close()
  })

  it('leaves one descriptor open, that of the socket, which is closed on exec', async () => {
    const before = readdirSync('/proc/self/fd')
    const socket = await open({ netns: namespace.path })
    const added = readdirSync('/proc/self/fd').filter((descriptor) => !before.includes(descriptor))
    expect(added).toHaveLength(1)
    expect(readlinkSync(`/proc/self/fd/${added[0]}`)).toMatch(/^socket:/)
    expect(closesOnExec(Number(added[0]))).toBe(true)
    socket.close()
    expect(descriptors()).toBe(before.length)
  })

  it.each([
    ['ENOENT', 'open', -2, () => join(scratch, 'missing')],
    ['EINVAL', 'setns', -22, () => '/etc/passwd'],
    ['EINVAL', 'setns', -22, () => '/tmp'],
    ['EINVAL', 'setns', -22, () => '/proc/self/ns/mnt'],
    ['EINVAL', 'setns', -22, () => makeFifo()],
    ['ENOTDIR', 'open', -20, () => '/etc/passwd/x'],
  ])('refuses with %s of %s', async (code, syscall, errno, makePath) => {
    const path = makePath()
    const before = descriptors()
    const error = await open({ netns: path }).then(
      () => undefined,
      (reason: Error) => reason,
    )
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ code, syscall, errno, path })
    expect(error?.message).toMatch(new RegExp(`^${code}: [a-z ]+, ${syscall} '${path}'$`))
    expect(descriptors()).toBe(before)
  })

  it("formats errors like Node's own", async () => {
    const path = join(scratch, 'missing')
    const own = () => readFileSync(path)
    const error = (await addon.openFile(path, constants.O_RDONLY).catch((reason: unknown) => reason)) as Error
    expect(own).toThrow(error.message)
    expect(Object.entries(error)).toEqual([
      ['errno', -2],
      ['code', 'ENOENT'],
      ['syscall', 'open'],
      ['path', path],
    ])
  })

  it('omits the path from an error that does not involve a file', async () => {
    await expect(open({ protocol: 31 })).rejects.toThrow(/^EPROTONOSUPPORT: protocol not supported, socket$/)
  })

  it('lets an ordinary user open a socket only in the current namespace, with the buffers that the system allows', async () => {
    const { end, stdout, stderr } = await runProgram('ordinary-user.mjs', [namespace.path])
    expect({ end, stderr }).toEqual({ end: 0, stderr: '' })
    const { home, away, frame } = JSON.parse(stdout) as {
      home: { receiveBuffer: number; state: string }
      away: unknown
      frame: unknown
    }
    const limit = Number(readFileSync('/proc/sys/net/core/rmem_max', 'utf8'))
    expect(home).toEqual({ receiveBuffer: 2 * Math.min(limit, 2 * 1024 * 1024), state: 'complete' })
    expect(away).toEqual({ code: 'EPERM', syscall: 'setns', path: namespace.path })
    expect(frame).toEqual({ code: 'EPERM', syscall: 'socket' })
  })
})

describe('openFile', () => {
  async function read(path: string, netns?: string): Promise<string> {
    const descriptor = await addon.openFile(path, constants.O_RDONLY, netns)
    try {
      expect(closesOnExec(descriptor)).toBe(true)
      return readFileSync(descriptor, 'utf8')
    } finally {
      addon.closeFile(descriptor)
    }
  }

  it('shows /proc/net of the other namespace', async () => {
    namespace.ip('link', 'set', 'lo', 'up')
    namespace.ip('route', 'add', '198.51.100.0/24', 'dev', 'lo')
    const route = '006433C6'
    expect(await read('/proc/net/route', namespace.path)).toContain(route)
    expect(await read('/proc/thread-self/net/route', namespace.path)).toContain(route)
    expect(await read('/proc/net/route')).not.toContain(route)
  })

  it('shows /proc/sys/net of the other namespace', async () => {
    const path = '/proc/sys/net/ipv4/ip_local_port_range'
    execFileSync('ip', [
      'netns',
      'exec',
      namespace.path.replace(/.*\//, ''),
      'sh',
      '-c',
      `echo 4000 5000 > ${path}`,
    ])
    expect(await read(path, namespace.path)).toBe('4000\t5000\n')
    expect(await read(path)).not.toBe('4000\t5000\n')
  })

  it('writes to files of the other namespace', async () => {
    const path = '/proc/sys/net/ipv4/ip_forward'
    const own = await read(path)
    const wanted = (await read(path, namespace.path)) === '0\n' ? '1\n' : '0\n'
    const descriptor = await addon.openFile(path, constants.O_WRONLY, namespace.path)
    writeSync(descriptor, wanted)
    addon.closeFile(descriptor)
    expect(await read(path, namespace.path)).toBe(wanted)
    expect(await read(path)).toBe(own)
  })

  it('reports the given path if the file cannot be opened', async () => {
    const path = '/proc/net/no_such_file'
    for (const netns of [undefined, namespace.path]) {
      const refusal = addon.openFile(path, constants.O_RDONLY, netns)
      await expect(refusal).rejects.toMatchObject({ code: 'ENOENT', syscall: 'open', path })
    }
  })

  it('reports the path of the namespace if that cannot be opened', async () => {
    const netns = join(scratch, 'missing')
    await expect(addon.openFile('/proc/net/dev', constants.O_RDONLY, netns)).rejects.toMatchObject({
      path: netns,
    })
  })
})

describe('sendFrame', () => {
  /** A broadcast without a source, with a protocol number for experiments that no process receives. */
  const FRAME = Uint8Array.from([...new Array(6).fill(255), ...new Array(6).fill(0), 0x88, 0xb5, 1, 2, 3])

  /** An index that differs from those of the interfaces that modules create. */
  const NEAR = 100

  /** A namespace with both ends of a veth pair; `near` has that index. */
  async function makeCable(): Promise<Namespace> {
    const place = makeNamespace()
    place.batch([
      `link add near index ${NEAR} type veth peer name far`,
      'link set near addrgenmode none',
      'link set far addrgenmode none',
      'link set near up',
      'link set far up',
    ])
    return place
  }

  /** Bytes and packets that an interface of a namespace has received. */
  async function received(netns: string, name: string): Promise<number[]> {
    const descriptor = await addon.openFile('/proc/net/dev', constants.O_RDONLY, netns)
    try {
      const line = readFileSync(descriptor, 'utf8')
        .split('\n')
        .find((text) => text.trim().startsWith(`${name}:`))!
      return line.split(':')[1]!.trim().split(/ +/).slice(0, 2).map(Number)
    } finally {
      addon.closeFile(descriptor)
    }
  }

  it('sends a copy of the frame on an interface of the other namespace', async () => {
    const place = await makeCable()
    const before = descriptors()
    const frame = Uint8Array.from(FRAME)
    const sent = addon.sendFrame(NEAR, frame, place.path)
    frame.fill(0xff)
    expect(await sent).toBeUndefined()
    // A veth counts the Ethernet header too.
    expect(await received(place.path, 'far')).toEqual([FRAME.length, 1])
    expect(descriptors()).toBe(before)
    place.remove()
  })

  it.each([
    ['ENXIO', 'an interface that is not there', 2 ** 31 - 1, FRAME],
    ['ENETDOWN', 'an interface that is down', 1, FRAME],
    ['EMSGSIZE', 'a frame beyond what the interface can carry', NEAR, new Uint8Array(4000).fill(7)],
  ])('refuses with %s %s', async (code, _, index, frame) => {
    const place = await makeCable()
    const before = descriptors()
    await expect(addon.sendFrame(index, frame, place.path)).rejects.toMatchObject({ code, syscall: 'sendto' })
    expect(await received(place.path, 'far')).toEqual([0, 0])
    expect(descriptors()).toBe(before)
    place.remove()
  })

  it('reports the path of the namespace if that cannot be entered', async () => {
    const netns = join(scratch, 'missing')
    const refusal = addon.sendFrame(1, FRAME, netns)
    await expect(refusal).rejects.toMatchObject({ code: 'ENOENT', syscall: 'open', path: netns })
  })
})
