/** Tuples of 32-bit numbers, numbered in the order in which each first came. No object is made for any of them. */
export class IntTupleIndex {
  readonly #width: number
  #size = 0
  #tuples: Int32Array
  /** A hash table with open addressing: the number of a tuple plus one, or 0. At most half of it is taken. */
  #slots = new Int32Array(256)

  /** @param width How many numbers a tuple has. */
  constructor(width: number) {
    this.#width = width
    this.#tuples = new Int32Array(width * 128)
  }

  /** How many there are. */
  get size(): number {
    return this.#size
  }

  /** The number of a tuple, which is the former {@link size} when it has not come before. */
  indexOf(tuple: Int32Array): number {
    const slots = this.#slots
    let slot = this.#hash(tuple, 0) & (slots.length - 1)
    for (; slots[slot] !== 0; slot = (slot + 1) & (slots.length - 1)) {
      const number = slots[slot]! - 1
      if (this.#equalsAt(number, tuple)) return number
    }
    if (this.#size * this.#width === this.#tuples.length) this.#grow()
    this.#tuples.set(tuple, this.#size * this.#width)
    this.#size++
    slots[slot] = this.#size
    if (this.#size * 2 > slots.length) this.#rehash()
    return this.#size - 1
  }

  #equalsAt(number: number, tuple: Int32Array): boolean {
    const start = number * this.#width
    for (let index = 0; index < this.#width; index++) {
      if (this.#tuples[start + index] !== tuple[index]) return false
    }
    return true
  }

  #hash(numbers: Int32Array, start: number): number {
    let hash = 0
    for (let index = start; index < start + this.#width; index++) {
      hash = Math.imul(hash ^ numbers[index]!, 0x9e37_79b1)
      hash ^= hash >>> 15
    }
    return hash
  }

  #grow(): void {
    const tuples = new Int32Array(this.#tuples.length * 2)
    tuples.set(this.#tuples)
    this.#tuples = tuples
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2)
    for (let number = 0; number < this.#size; number++) {
      let slot = this.#hash(this.#tuples, number * this.#width) & (slots.length - 1)
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1)
      slots[slot] = number + 1
    }
    this.#slots = slots
  }
}
