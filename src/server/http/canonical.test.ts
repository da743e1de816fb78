import { describe, expect, test } from 'vitest'
import { canonicalPath, cleanedTarget } from './canonical.ts'

describe('a target has one path', () => {
  for (const [target, path] of [
    ['/v1/secret/a', 'secret/a'],
    ['/v1/secret/a/', 'secret/a/'],
    ['/v1/secret/a?list=true', 'secret/a'],
    ['/v1/secret/a%2Fb', 'secret/a/b'],
    ['/v1/secret/a..b', 'secret/a..b'],
    ['/v1/secret/%252e%252e', 'secret/%2e%2e'],
    ["/v1/sys/policy/['x']", "sys/policy/['x']"],
    ['/v1/secret/%C3%A9', 'secret/é'],
    ['/v1/', ''],
    ['/v2/secret', undefined],
    ['/ui', undefined],
    ['/v1', undefined],
  ] as const)
    test(target, () => expect(canonicalPath(target)).toBe(path))
})

describe('what two readers could take for different paths is refused', () => {
  for (const target of [
    '/v1/secret/../sys',
    '/v1/secret/./a',
    '/v1/secret//a',
    '/v1//secret/a',
    '/v1/secret/%2e%2e/sys',
    '/v1/secret/%2E./sys',
    '/v1/secret%2f%2fa',
    '/v1/secret/%2F',
    '/v1/secret/a%00',
    '/v1/secret/a%0a',
    '/v1/secret/a%7f',
    '/v1/secret/a%C2%85',
    '/v1/secret/%C3',
    '/v1/secret/%zz',
    '/v1/secret/..',
    `/v1/${'é'.repeat(451)}`,
  ])
    test(target, () => expect(() => canonicalPath(target)).toThrow(/path/))
})

describe('what is written with dots or doubled slashes leads elsewhere', () => {
  for (const [target, clean] of [
    ['/v1/secret/../sys', '/v1/sys'],
    ['/v1/secret/./a', '/v1/secret/a'],
    ['/v1/secret//a', '/v1/secret/a'],
    ['/v1//secret/a/', '/v1/secret/a/'],
    ['/v1/secret/a//', '/v1/secret/a/'],
    ['/v1/secret/..', '/v1'],
    ['/v1/secret/.', '/v1/secret'],
    ['/../../v1/secret', '/v1/secret'],
    ['//evil.example/v1/secret', '/evil.example/v1/secret'],
    ['/v1/secret/http://test.com?list=true', '/v1/secret/http:/test.com?list=true'],
    ['/v1/secret/../x?a=/../b', '/v1/x?a=/../b'],
    ['/..', '/'],
    ['/v1/secret/a', undefined],
    ['/v1/secret/a/', undefined],
    ['/v1/secret/a..b/.c/..d', undefined],
    ['/v1/secret/%2e%2e/a', undefined],
    ['/v1/secret/a?b=//', undefined],
    ['/', undefined],
    ['/v1/a/../\u00e9', undefined],
    ['http://evil.example//v1/a', undefined],
    ['*', undefined],
  ] as const)
    test(target, () => expect(cleanedTarget(target)).toBe(clean))
})
