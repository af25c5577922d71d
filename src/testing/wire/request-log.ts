import { lineDifference } from './line-difference.ts'
import { LoggedRequest } from './logged-request.ts'
import type { NetlinkRequest } from './request.ts'

/** Every request that reached the kernel, in order. */
export class RequestLog {
  #requests: NetlinkRequest[] = []

  /** All of them, those of the controller among them. */
  get requests(): readonly LoggedRequest[] {
    return this.#requests.map((request) => new LoggedRequest(request))
  }

  /** Those that were to change something. */
  get changes(): readonly LoggedRequest[] {
    return this.requests.filter((request) => request.isChange)
  }

  /** The changes, a line each. */
  get lines(): string[] {
    return this.changes.map(String)
  }

  /** Forgets them. */
  clear(): void {
    this.#requests = []
  }

  /**
   * What differs between the changes and the lines that are expected, for a message: a line that is missing with a `-`
   * before it, one that was not expected with a `+`. Empty when they are the same.
   */
  difference(expected: readonly string[]): string {
    return lineDifference(expected, this.lines)
  }

  /** @internal */
  add(request: NetlinkRequest): void {
    this.#requests.push(request)
  }
}
