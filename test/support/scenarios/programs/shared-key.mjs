/** TLS with a key that both sides know instead of a certificate. */
export const SHARED_KEY = {
  ciphers: 'PSK-AES128-GCM-SHA256',
  maxVersion: 'TLSv1.2',
  identity: 'client',
  psk: Buffer.from('the same on both sides'),
}
