import { expect, it } from 'vitest'
import { detectFormat } from '../../../../../src/cli/commands/input/file-format.ts'

it.each([
  ['lvs.yaml', '-A', 'yaml'],
  ['lvs.yml', '', 'yaml'],
  ['lvs.json', '', 'json'],
  ['keepalived.conf', '', 'keepalived'],
  ['/etc/lvs', '{ "services": [] }', 'json'],
  ['rules', '-A -t 192.0.2.1:80', 'rules'],
  [undefined, '# saved\n\n  --add-service -t 192.0.2.1:80', 'rules'],
  [undefined, 'ipvsadm -A -f 1', 'rules'],
  [undefined, '', 'rules'],
  [undefined, '\n# nothing\n', 'rules'],
  [undefined, '---\nservices: []', 'yaml'],
  [undefined, '- service: tcp://192.0.2.1:80', 'yaml'],
  [undefined, '# a comment\nservices: []', 'yaml'],
  [undefined, '! Configuration File\n\nvirtual_server 192.0.2.1 80 {', 'keepalived'],
  [undefined, 'global_defs {', 'keepalived'],
  [undefined, 'virtual_server: 1', 'yaml'],
])('the format of %s with the text %j is %s', (file, text, format) => {
  expect(detectFormat(file, text)).toBe(format)
})
