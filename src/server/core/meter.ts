// What a server counts of itself, since it began: for `sys/metrics`, in the names that dashboards for this API look for.

import { asSentinelError, type Clock, codes, rescued, SentinelError, type Soon } from '../../base/index.ts'
import { type Data, RawJson, type Response } from '../door.ts'
import { followed } from './followed.ts'

/** Counts requests. */
export interface Meter {
  /** Counts something while and after it is done. */
  during<T>(isLogin: boolean, run: () => Soon<T>): Soon<T>
  /** @param format `prometheus`, or JSON where it is empty. @throws SentinelError REQUEST_INVALID */
  report(format: string, gauges: Gauges): Response
}

/** How things stand. */
export type Gauges = ReadonlyMap<string, number>

type Span = { count: number; sumMs: number; maxMs: number }

/** Begins to count. */
export function openMeter(clock: Clock): Meter {
  const spans = { vault_core_handle_request: noSpan(), vault_core_handle_login_request: noSpan() }
  const counts = {
    sentinel_requests_denied: 0,
    sentinel_requests_failed: 0,
    vault_audit_log_request_failure: 0,
  }
  let running = 0
  const missed = ({ code }: SentinelError) => {
    if (code === 'POLICY_DENIED') counts.sentinel_requests_denied++
    if (code === 'AUDIT_FAILED') counts.vault_audit_log_request_failure++
    if (codes[code].http >= 500) counts.sentinel_requests_failed++
  }
  return {
    during(isLogin, run) {
      const began = clock.now()
      running++
      const counted = () =>
        rescued(run, (thrown): never => {
          missed(asSentinelError(thrown))
          throw thrown
        })
      return followed(counted, () => {
        running--
        const span = spans[isLogin ? 'vault_core_handle_login_request' : 'vault_core_handle_request']
        const ms = clock.now() - began
        span.count++
        span.sumMs += ms
        span.maxMs = Math.max(span.maxMs, ms)
      })
    },
    report(format, gauges) {
      const all = { gauges: new Map([...gauges, ['vault_core_in_flight_requests', running]]), counts, spans }
      if (format === 'prometheus')
        return { plain: new RawJson(toPrometheus(all)), contentType: prometheusType }
      if (format === '') return { plain: toJson(clock, all) }
      throw new SentinelError('REQUEST_INVALID', `metric response format "${format}" unknown`)
    },
  }
}

const noSpan = (): Span => ({ count: 0, sumMs: 0, maxMs: 0 })

type All = {
  readonly gauges: Gauges
  readonly counts: Readonly<Record<string, number>>
  readonly spans: Readonly<Record<string, Span>>
}

const prometheusType = 'text/plain; version=0.0.4; charset=utf-8'

function toPrometheus({ gauges, counts, spans }: All): string {
  const lines = [
    ...[...gauges].flatMap(([name, value]) => [`# TYPE ${name} gauge`, `${name} ${value}`]),
    ...Object.entries(counts).flatMap(([name, value]) => [`# TYPE ${name} counter`, `${name} ${value}`]),
    ...Object.entries(spans).flatMap(([name, { count, sumMs }]) => [
      `# TYPE ${name} summary`,
      `${name}_sum ${sumMs}`,
      `${name}_count ${count}`,
    ]),
  ]
  return `${lines.join('\n')}\n`
}

/** As Vault's own collector shows what it has in memory. */
function toJson(clock: Clock, { gauges, counts, spans }: All): Data {
  const dotted = (name: string) => name.replaceAll('_', '.')
  return {
    Timestamp: new Date(clock.now()).toISOString(),
    Gauges: [...gauges].map(([name, value]) => ({ Name: dotted(name), Value: value, Labels: {} })),
    Points: [],
    Counters: Object.entries(counts).map(([name, value]) => ({
      Name: dotted(name),
      Count: value,
      Sum: value,
      Labels: {},
    })),
    Samples: Object.entries(spans).map(([name, { count, sumMs, maxMs }]) => ({
      Name: dotted(name),
      Count: count,
      Sum: sumMs,
      Max: maxMs,
      Mean: count === 0 ? 0 : sumMs / count,
      Labels: {},
    })),
  }
}
