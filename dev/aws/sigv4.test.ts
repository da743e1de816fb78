import { describe, expect, it } from 'vitest'
import { readSignature, scopeProblem, signatureMatches, skewProblem } from './sigv4.ts'
import type { WireRequest } from './wire.ts'

// The worked example of AWS's own documentation: ListUsers on 30 August 2015.
const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const authorization =
  'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7'

const sample: WireRequest = {
  method: 'GET',
  path: '/',
  query: 'Action=ListUsers&Version=2010-05-08',
  headers: new Map([
    ['authorization', authorization],
    ['content-type', 'application/x-www-form-urlencoded; charset=utf-8'],
    ['host', 'iam.amazonaws.com'],
    ['x-amz-date', '20150830T123600Z'],
  ]),
  body: Buffer.alloc(0),
}

function withHeader(name: string, value: string): WireRequest {
  return { ...sample, headers: new Map([...sample.headers, [name, value]]) }
}

function matches(request: WireRequest, key: string = secret): boolean {
  const signed = readSignature(request)
  if (signed === undefined) throw new Error('no signature')
  return signatureMatches(request, signed, key)
}

describe('a signature', () => {
  it("of AWS's documentation is right", () => {
    expect(matches(sample)).toBe(true)
  })

  for (const [what, request] of [
    ['another method', { ...sample, method: 'POST' }],
    ['another path', { ...sample, path: '/x' }],
    ['another query', { ...sample, query: 'Action=ListRoles&Version=2010-05-08' }],
    ['another body', { ...sample, body: Buffer.from('x') }],
    ['another signed header', withHeader('host', 'evil.example')],
    ['another time', withHeader('x-amz-date', '20150830T123601Z')],
    ["a body hash that is not the body's", withHeader('x-amz-content-sha256', '0'.repeat(64))],
  ] as const) {
    it(`does not fit ${what}`, () => expect(matches(request)).toBe(false))
  }

  it('does not fit another secret', () => expect(matches(sample, `${secret}x`)).toBe(false))

  it('does not mind the order of the query, nor what was not signed', () => {
    expect(matches({ ...sample, query: 'Version=2010-05-08&Action=ListUsers' })).toBe(true)
    expect(matches(withHeader('user-agent', 'anything'))).toBe(true)
  })

  for (const header of [
    '',
    'Bearer x',
    authorization.replace('Signature=5d', 'Signature=zz'),
    'AWS4-HMAC-SHA256',
  ]) {
    it(`is not read from \`${header.slice(0, 30)}\``, () => {
      expect(readSignature(withHeader('authorization', header))).toBeUndefined()
    })
  }
})

describe('what a signature is for', () => {
  const signed = readSignature(sample)
  const asked = (request: WireRequest, service = 'iam', headers = signed?.signedHeaders ?? []) =>
    signed && scopeProblem(request, { ...signed, signedHeaders: headers }, service)

  it('is one service', () => {
    expect(asked(sample)).toBeUndefined()
    expect(asked(sample, 'sts')).toBe("Credential should be scoped to correct service: 'sts'.")
  })

  it.each(['MOON!', 'x', 'us-east', 'us-east-1a', 'US-EAST-1', '-1'])(
    'is no `%s`, which is no Region',
    (region) => {
      expect(signed && scopeProblem(sample, { ...signed, region }, 'iam')).toMatch(/to a valid region\.$/)
    },
  )

  it.each(['eu-central-1', 'us-gov-west-1', 'us-isob-east-1', 'eusc-de-east-1', 'ap-southeast-7'])(
    'may be the Region %s',
    (region) => {
      expect(signed && scopeProblem(sample, { ...signed, region }, 'iam')).toBeUndefined()
    },
  )

  it('is a host', () => {
    expect(asked(sample, 'iam', ['content-type', 'x-amz-date'])).toMatch(
      /^'Host' .* must be a 'SignedHeader'/,
    )
  })

  it.each(['x-amz-target', 'x-amz-security-token'])('is the header %s, if it is sent', (name) => {
    expect(asked(withHeader(name, 'x'))).toMatch(new RegExp(`not signed: ${name}$`))
  })
})

describe('the time of a request', () => {
  const signed = readSignature(sample)
  const at = Date.parse('2015-08-30T12:36:00Z')
  const minutes = (count: number) => at + count * 60_000

  for (const [what, nowMs, problem] of [
    ['may be 15 minutes ago', minutes(15), undefined],
    ['may be 15 minutes ahead', minutes(-15), undefined],
    [
      'must not be longer ago',
      minutes(15) + 1000,
      /^Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z/,
    ],
    ['must not be further ahead', minutes(-15) - 1000, /^Signature not yet current: .* is still later than/],
  ] as const) {
    it(what, () => {
      const found = signed === undefined ? 'unsigned' : skewProblem(sample, signed, nowMs)
      if (problem === undefined) expect(found).toBeUndefined()
      else expect(found).toMatch(problem)
    })
  }

  it('must be of the day that the key was derived for', () => {
    const other = withHeader('x-amz-date', '20150831T000000Z')
    expect(signed && skewProblem(other, signed, Date.parse('2015-08-31T00:00:00Z'))).toMatch(
      /Credential scope/,
    )
  })
})
