/**
 * A real streaming server: nginx with its RTMP module, from Debian's packages. The lab's setup unpacks them beside its kernels.
 * Installing them would start a web server on the machine.
 */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Machine } from './machine.ts'

/** Roots of the packages: unpacked by the lab's setup, or installed. */
const ROOTS = [join(process.env['LAB_CACHE'] ?? join(import.meta.dirname, '../../lab/.cache'), 'nginx'), '/']
const MODULE = 'usr/lib/nginx/modules/ngx_rtmp_module.so'

function configuration(root: string, folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `
    load_module ${join(root, MODULE)};
    daemon off; master_process off; pid ${folder}/pid; error_log stderr;
    events {}
    rtmp { access_log off; server { listen 1935; application live { live on; } } }
    http {
      access_log off;
      ${temporary.map((what) => `${what}_temp_path ${folder}/${what};`).join(' ')}
      server { listen 8080; location / { rtmp_stat all; } }
    }`
}

/** Starts it on port 1935 for live streams, with its status page on port 8080. */
export async function startStreamingServer(machine: Machine): Promise<void> {
  const root = ROOTS.find((each) => existsSync(join(each, MODULE)))
  if (root === undefined) {
    throw new Error('nginx with its RTMP module is missing; install it with: npm run setup')
  }
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'nginx.conf'), configuration(root, folder))
  const words = ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')]
  await machine.startServer(1935, join(root, 'usr/sbin/nginx'), ...words)
}

/** The streams that are being published to a machine, and where each comes from. */
export async function publishedStreams(machine: Machine): Promise<{ name: string; source: string }[]> {
  const text = await machine.run('curl', '-sS', 'http://127.0.0.1:8080/')
  const streams = [...text.matchAll(/<stream>([\s\S]*?)<\/stream>/g)].map(([, stream = '']) => stream)
  return streams
    .filter((stream) => stream.includes('<publishing/>'))
    .map((stream) => ({
      name: /<name>([^<]*)/.exec(stream)?.[1] ?? '',
      source: /<address>([^<]*)/.exec(stream)?.[1] ?? '',
    }))
}
