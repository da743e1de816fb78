// What functions take and give, as types that make their calls likely to succeed. A function that is missing here is
// called all the same, with what its table says it takes; only its result is then good for nothing but printing.

import { func, list, map, type Type } from './types.ts'

export type Signature = { readonly takes: readonly Type[]; readonly gives: Type }

const sign = (takes: readonly Type[], gives: Type): Signature => ({ takes, gives })
const each = (names: string, signature: Signature): readonly (readonly [string, Signature])[] =>
  names.split(' ').map((name) => [name, signature] as const)

const predicate = func(['a'], 'bool')
const texts = sign(['string', 'string'], 'string')
const about = sign(['string', 'string'], 'bool')

const builtins = [
  ...each('bool', sign(['string'], 'bool')),
  ...each('compare', sign(['number', 'number'], 'int')),
  ...each('error', sign(['string'], 'any')),
  ...each('float', sign(['numeral'], 'float')),
  ...each('int', sign(['numeral'], 'int')),
  ...each('keys', sign([map('any')], list('string'))),
  ...each('length', sign([list('any')], 'int')),
  ...each('print', sign(['any'], 'bool')),
  ...each('range', sign(['count', 'count', 'count'], list('count'))),
  ...each('string', sign(['number'], 'string')),
  ...each('values', sign([map('a')], list('a'))),
]

const imports = [
  ...each('base64.encode', sign(['string'], 'base64')),
  ...each('base64.decode', sign(['base64'], 'string')),
  ...each('base64.urlencode', sign(['string'], 'base64url')),
  ...each('base64.urldecode', sign(['base64url'], 'string')),
  ...each('collection.filter collection.reject', sign([list('a'), predicate], list('a'))),
  ...each('collection.find', sign([list('a'), predicate], 'a')),
  ...each('collection.matches', sign([list(map('a')), map('a')], list(map('a')))),
  ...each('collection/lists.concat', sign([list('a'), list('a')], list('a'))),
  ...each('collection/lists.sort', sign([list('a'), func(['a', 'a'], 'count')], list('a'))),
  ...each('collection/lists.sum', sign([list('number')], 'float')),
  ...each(
    'collection/lists.difference collection/lists.diff collection/lists.intersection collection/lists.union',
    sign([list('a'), list('a')], list('a')),
  ),
  ...each('collection/maps.get', sign([map('a'), 'path', 'a'], 'a')),
  ...each('collection/maps.has', sign([map('any'), 'path'], 'bool')),
  ...each('collection/maps.set', sign([map('a'), 'path', 'a'], map('a'))),
  ...each('collection/maps.unset', sign([map('a'), 'path'], map('a'))),
  ...each('collection/maps.pick collection/maps.omit', sign([map('a'), list('path')], map('a'))),
  ...each('decimal.new', sign(['amount'], 'decimal')),
  ...each('decimal.infinity decimal.inf', sign(['count'], 'decimal')),
  ...each(
    'decimal.is_nan decimal.isnan decimal.is_infinite decimal.is_inf decimal.isinf decimal.isinfinite',
    sign(['decimal'], 'bool'),
  ),
  ...each('http.request', sign(['url'], 'request')),
  ...each('http.get http.post', sign(['request'], map('any', ['body', 'status_code', 'headers']))),
  ...each('http.send', sign(['request', 'method'], map('any', ['body', 'status_code', 'headers']))),
  ...each('http.accept_status_codes', sign([list('count')], 'client')),
  ...each('http.with_timeout http.with_retries', sign(['count'], 'client')),
  ...each('http.without_certificate_verification', sign([], 'client')),
  ...each('json.marshal', sign(['any'], 'json')),
  ...each('json.unmarshal', sign(['json'], 'any')),
  ...each('json.valid', sign(['json'], 'bool')),
  ...each('sockaddr.is_contained sockaddr.is_equal', sign(['address', 'address'], 'bool')),
  ...each('sockaddr.is_ipv4 sockaddr.is_ipv6', sign(['address'], 'bool')),
  ...each('strings.has_prefix strings.has_suffix', about),
  ...each('strings.trim_prefix strings.trim_suffix strings.trim strings.trim_left strings.trim_right', texts),
  ...each('strings.to_lower strings.to_upper strings.trim_space', sign(['string'], 'string')),
  ...each('strings.split', sign(['string', 'string'], list('string'))),
  ...each('strings.join', sign([list('string'), 'string'], 'string')),
  ...each('strings.replace', sign(['string', 'string', 'string', 'count'], 'string')),
  ...each('time.load', sign(['instant'], 'time')),
  ...each('types.type_of', sign(['any'], 'string')),
  ...each('version.new', sign(['release'], 'version')),
]

const twoDecimals = sign(['decimal', 'decimal'], 'decimal')
const orderOf = (type: Type) => sign([type, type], 'bool')
const methods = [
  ...each('decimal#add decimal#subtract decimal#sub decimal#multiply decimal#mul', twoDecimals),
  ...each('decimal#divide decimal#div decimal#modulo decimal#mod decimal#remainder decimal#rem', twoDecimals),
  ...each('decimal#power decimal#pow', sign(['decimal', 'count'], 'decimal')),
  ...each('decimal#exp decimal#loge decimal#ln decimal#log10 decimal#log', sign(['decimal'], 'decimal')),
  ...each('decimal#square_root decimal#sqrt decimal#ceiling decimal#ceil', sign(['decimal'], 'decimal')),
  ...each('decimal#floor decimal#absolute decimal#abs decimal#negate', sign(['decimal'], 'decimal')),
  ...each('decimal#neg', sign(['decimal'], 'decimal')),
  ...each('decimal#is decimal#is_not decimal#less_than decimal#lt', orderOf('decimal')),
  ...each('decimal#less_than_or_equals decimal#lte decimal#greater_than', orderOf('decimal')),
  ...each('decimal#gt decimal#greater_than_or_equals decimal#gte', orderOf('decimal')),
  ...each('time#before time#after time#equal', orderOf('time')),
  ...each('time#sub', sign(['time', 'time'], 'int')),
  ...each('time#add', sign(['time', 'number'], 'time')),
  ...each('version#greater_than version#gt version#greater_than_or_equals version#gte', orderOf('version')),
  ...each('version#less_than version#lt version#less_than_or_equals version#lte', orderOf('version')),
  ...each('version#equals version#eq', orderOf('version')),
  ...each('version#compare version#cmp', sign(['version', 'version'], 'int')),
  ...each('version#satisfies version#sat', sign(['version', 'constraint'], 'bool')),
  ...each('request#with_header', sign(['request', 'string', 'string'], 'request')),
  ...each('request#with_body', sign(['request', 'string'], 'request')),
  ...each('request#with_basic_auth', sign(['request', 'string', 'string'], 'request')),
  ...each(
    'client#get client#post',
    sign(['client', 'request'], map('any', ['body', 'status_code', 'headers'])),
  ),
  ...each(
    'client#send',
    sign(['client', 'request', 'method'], map('any', ['body', 'status_code', 'headers'])),
  ),
  ...each('client#accept_status_codes', sign(['client', list('count')], 'client')),
  ...each('client#with_timeout client#with_retries', sign(['client', 'count'], 'client')),
  ...each('client#without_certificate_verification', sign(['client'], 'client')),
]

/** Signatures by name: `length`, `strings.split`, `decimal#add`. A method takes its receiver first. */
export const signatures: ReadonlyMap<string, Signature> = new Map([...builtins, ...imports, ...methods])
