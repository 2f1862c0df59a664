// @ts-check
// The shapes of docs/console-api.md, for whoever checks types.

/**
 * @typedef {object} Group
 * @property {string} group
 * @property {number | null} slotsPerWorker
 * @property {number} connectedWorkers
 * @property {number} drainingWorkers
 * @property {number} [slots]
 * @property {number} load
 * @property {number} ready
 * @property {number} inFlight
 * @property {number} suspended
 * @property {number} [oldestReadyAt]
 * @property {number} dispatchedPerSecond
 * @property {number} fulfilledPerSecond
 * @property {number} [meanServiceSeconds]
 * @property {number} [handedOver]
 * @property {{ task: string, failedDeliveries: number, offeredAgainAt: number | null }[]} [redelivered]
 */

/**
 * @typedef {object} Worker
 * @property {string} pid
 * @property {string} [address]
 * @property {number | null} slots
 * @property {number} load
 * @property {boolean} draining
 * @property {number} [connectedAt]
 */

/**
 * @typedef {object} Task
 * @property {string} id
 * @property {string} pid
 * @property {number} version
 * @property {"sent" | "held"} state
 * @property {number} since
 */

/**
 * @typedef {object} Happening
 * @property {number} seq
 * @property {number} at
 * @property {string} kind
 * @property {string} [id]
 * @property {string} [group]
 * @property {string} [pid]
 * @property {number} [version]
 * @property {string} [cause]
 * @property {string} [state]
 */

/**
 * @typedef {object} Call
 * @property {string} id
 * @property {string} state
 * @property {string} kind
 * @property {string} [function]
 * @property {string} [group]
 * @property {string} [target]
 * @property {string} [pid]
 * @property {number} [attempt]
 * @property {string} [parent]
 * @property {string} [origin]
 * @property {number} createdAt
 * @property {number} [takenAt]
 * @property {number} [settledAt]
 * @property {number} timeoutAt
 * @property {number} [paramBytes]
 * @property {number} [valueBytes]
 * @property {string} [question]
 * @property {string[]} [awaitedBy]
 */

/** @typedef {{ state: string, from: number, to?: number, pid?: string }} Segment */

/** @typedef {Call & { segments: Segment[] }} Node */

/** @typedef {{ headers?: Record<string, string>, bytes?: number, text?: string, truncated?: boolean }} Payload */

/**
 * @typedef {object} Attempt
 * @property {number} version
 * @property {string} [pid]
 * @property {number} [sentAt]
 * @property {number} [from]
 * @property {number} [to]
 * @property {string} [ended]
 * @property {string} [cause]
 */

/**
 * @typedef {object} WholeCall
 * @property {Call} call
 * @property {{ cause: string, sentence: string }} why
 * @property {Record<string, string>} tags
 * @property {Payload} [param]
 * @property {Payload} [value]
 * @property {Attempt[]} attempts
 * @property {boolean} attemptsComplete
 * @property {{ id: string, state: string }[]} awaits
 * @property {string[]} awaitedBy
 * @property {string[]} listeners
 * @property {{ failedDeliveries?: number, lastFailure?: string | null, sentTo?: string | null, offeredAgainAt?: number | null }} [delivery]
 * @property {number} now
 */

/**
 * @typedef {object} Schedule
 * @property {string} id
 * @property {string} cron
 * @property {string} promiseId
 * @property {number} promiseTimeout
 * @property {{ headers?: Record<string, string>, data?: string }} [promiseParam]
 * @property {Record<string, string>} promiseTags
 * @property {number} createdAt
 * @property {number} nextRunAt
 * @property {number} [lastRunAt]
 */

/** @typedef {{ items: Call[], cursor?: string, complete: boolean, lookedAt: number, now: number }} CallPage */

export {};
