const MASK = 0xffff_ffff_ffff_ffffn

/** "somepseudorandomlygeneratedbytes", the initial state of SipHash. */
const CONSTANTS = [
  0x736f6d6570736575n,
  0x646f72616e646f6dn,
  0x6c7967656e657261n,
  0x7465646279746573n,
] as const

function rotate(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK
}

/**
 * The low half of SipHash-1-3 of four bytes with two equal key words: the result of hsiphash on 64-bit kernels
 * (lib/siphash.c; Aumasson and Bernstein, "SipHash: a fast short-input PRF").
 */
export function halfSipHash(value: number, key: number): number {
  const word = BigInt(key)
  let [a, b, c, d] = CONSTANTS.map((constant) => constant ^ word) as [bigint, bigint, bigint, bigint]
  const round = () => {
    a = (a + b) & MASK
    b = rotate(b, 13n) ^ a
    a = rotate(a, 32n)
    c = (c + d) & MASK
    d = rotate(d, 16n) ^ c
    a = (a + d) & MASK
    d = rotate(d, 21n) ^ a
    c = (c + b) & MASK
    b = rotate(b, 17n) ^ c
    c = rotate(c, 32n)
  }
  // The last word carries the length in its highest byte.
  const message = (4n << 56n) | BigInt(value)
  d ^= message
  round()
  a ^= message
  c ^= 0xffn
  round()
  round()
  round()
  return Number((a ^ b ^ c ^ d) & 0xffff_ffffn)
}
