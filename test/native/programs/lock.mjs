// Locks a file, prints a line, and keeps the file locked until it is killed.
import { constants } from 'node:fs'
import { check, load } from './setup.mjs'

const addon = load()
const descriptor = await addon.openFile(process.argv[2], constants.O_RDWR)
check(addon.lockFile(descriptor), 'the file was free')
process.stdout.write('locked\n')
setInterval(() => {}, 1000)
