import { lineDifference } from './line-difference.ts'
import { LoggedRequest } from './logged-request.ts'
import type { NetlinkRequest } from './request.ts'

/** The requests that the kernel received, in order. */
export class RequestLog {
  #requests: NetlinkRequest[] = []

  /** All requests, including those to the controller. */
  get requests(): readonly LoggedRequest[] {
    return this.#requests.map((request) => new LoggedRequest(request))
  }

  /** The requests whose command changes the state. */
  get changes(): readonly LoggedRequest[] {
    return this.requests.filter((request) => request.isChange)
  }

  /** The changes, one per line. */
  get lines(): string[] {
    return this.changes.map(String)
  }

  /** Removes all requests from the log. */
  clear(): void {
    this.#requests = []
  }

  /**
   * The difference between the expected lines and the changes, for the message of an assertion: `-` marks a missing line,
   * `+` an unexpected one. Empty if they are equal.
   */
  difference(expected: readonly string[]): string {
    return lineDifference(expected, this.lines)
  }

  /** @internal */
  add(request: NetlinkRequest): void {
    this.#requests.push(request)
  }
}
