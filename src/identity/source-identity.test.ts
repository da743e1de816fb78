import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeSourceIdentity, parseSourceIdentity, sameUser, sourceIdentityPattern } from './index.ts'

const id = '0123456789abcdef'
const hash = (name: string) => createHash('sha256').update(name, 'utf8').digest('hex').slice(0, 16)

describe('how a user is written', () => {
  for (const [name, user, want] of [
    ['a plain name', 'alice', 'alice'],
    ['signs that stay', 'a_b.c@d+e-f', 'a_b.c@d+e-f'],
    ['a role session', 'Deploy/ci-7', 'Deploy=2Fci-7'],
    ['the root', ':root', '=3Aroot'],
    ['a federated user', ':federated/bob', '=3Afederated=2Fbob'],
    ['signs that AWS allows but that part the text', 'a,b=c', 'a=2Cb=3Dc'],
    ['spaces, quotes and line breaks', '"a b"\n', '=22a=20b=22=0A'],
    ['letters beyond ASCII, by their bytes', 'é用', '=C3=A9=E7=94=A8'],
    ['an emoji', '😀', '=F0=9F=98=80'],
    ['nothing is normalised', 'e\u0301', 'e=CC=81'],
    ['a name that is written in 38', 'a'.repeat(38), 'a'.repeat(38)],
    ['a name of 39 is cut', 'a'.repeat(39), `${'a'.repeat(20)}==${hash('a'.repeat(39))}`],
    [
      'a cut falls between code points',
      `${'a'.repeat(19)}é${'b'.repeat(20)}`,
      `${'a'.repeat(19)}==${hash(`${'a'.repeat(19)}é${'b'.repeat(20)}`)}`,
    ],
    [
      'the shortest prefix that a cut leaves',
      `123456789😀${'b'.repeat(40)}`,
      `123456789==${hash(`123456789😀${'b'.repeat(40)}`)}`,
    ],
    ['four emoji are 48, so cut', '😀😀😀😀', `=F0=9F=98=80==${hash('😀😀😀😀')}`],
  ] as const) {
    it(name, () => expect(encodeSourceIdentity(user, id)).toBe(`sentinel,${want},${id}`))
  }

  it('in the words of the decision: alice with a golden text', () =>
    expect(encodeSourceIdentity('alice', 'a1b2c3d4a1b2c3d4')).toBe('sentinel,alice,a1b2c3d4a1b2c3d4'))

  it('the hash is the same on every machine', () =>
    expect(encodeSourceIdentity('a'.repeat(39), id)).toBe(
      'sentinel,aaaaaaaaaaaaaaaaaaaa==b4d5e56e929ba4cd,0123456789abcdef',
    ))
})

describe('what cannot be stamped is refused', () => {
  for (const [name, user, requestId] of [
    ['no name', '', id],
    ['half a surrogate pair', 'a\ud83d', id],
    ['the other half', '\ude00b', id],
    ['no request id', 'alice', ''],
    ['a short request id', 'alice', '0123456'],
    ['a long request id', 'alice', `${id}0`],
    ['a request id in capitals', 'alice', '0123456789ABCDEF'],
    ['a request id with a line break', 'alice', `${id}\n`],
  ] as const) {
    it(name, () =>
      expect(() => encodeSourceIdentity(user, requestId)).toThrowError(
        expect.objectContaining({ code: 'SOURCE_IDENTITY_INVALID' }),
      ),
    )
  }
})

describe('what is read', () => {
  for (const [name, text, want] of [
    ['a plain one', `sentinel,alice,${id}`, { form: 'whole', user: 'alice', requestId: id }],
    ['an encoded one', `sentinel,Deploy=2Fci-7,${id}`, { form: 'whole', user: 'Deploy/ci-7', requestId: id }],
    [
      'a short request id',
      'sentinel,alice,a1b2c3d4',
      { form: 'whole', user: 'alice', requestId: 'a1b2c3d4' },
    ],
    [
      'a cut one',
      `sentinel,aaaaaaaaaaaaaaaaaaaa==b4d5e56e929ba4cd,${id}`,
      { form: 'cut', prefix: 'a'.repeat(20), hash: 'b4d5e56e929ba4cd', requestId: id },
    ],
    [
      'the older colon form',
      'sentinel:alice:a1b2c3d4',
      { form: 'colon', user: 'alice', requestId: 'a1b2c3d4' },
    ],
    [
      'the colon form with `direct`',
      'sentinel:alice:direct:a1b2c3d4',
      { form: 'colon', user: 'alice', marker: 'direct', requestId: 'a1b2c3d4' },
    ],
    [
      'the colon form with an approval',
      'sentinel:alice:0badcafe:a1b2c3d4',
      { form: 'colon', user: 'alice', marker: '0badcafe', requestId: 'a1b2c3d4' },
    ],
  ] as const) {
    it(name, () => expect(parseSourceIdentity(text)).toEqual(want))
  }
})

describe('what the encoder cannot have written is not read', () => {
  for (const [name, text] of [
    ['nothing', ''],
    ['another system', `vault,alice,${id}`],
    ['the wrong case of the system', `Sentinel,alice,${id}`],
    ['no user', `sentinel,,${id}`],
    ['no request id', 'sentinel,alice,'],
    ['two parts', 'sentinel,alice'],
    ['four parts', `sentinel,alice,x,${id}`],
    ['a request id in capitals', 'sentinel,alice,A1B2C3D4'],
    ['lower-case hex', `sentinel,Deploy=2fci,${id}`],
    ['an escape that was not needed', `sentinel,=61lice,${id}`],
    ['an escape cut short', `sentinel,a=2,${id}`],
    ['bytes that are no UTF-8', `sentinel,=FF,${id}`],
    ['an overlong slash', `sentinel,=C0=AF,${id}`],
    ['half a surrogate pair in UTF-8', `sentinel,=ED=A0=BD,${id}`],
    ['a sign that had to be escaped', `sentinel,a b,${id}`],
    ['39 characters uncut', `sentinel,${'a'.repeat(39)},${id}`],
    ['a cut after 8, where more would have fitted', `sentinel,12345678==b4d5e56e929ba4cd,${id}`],
    ['a cut after 21', `sentinel,${'a'.repeat(21)}==b4d5e56e929ba4cd,${id}`],
    ['a cut inside an escape', `sentinel,${'a'.repeat(17)}=C3==b4d5e56e929ba4cd,${id}`],
    ['a hash in capitals', `sentinel,${'a'.repeat(20)}==B4D5E56E929BA4CD,${id}`],
    ['a short hash', `sentinel,${'a'.repeat(20)}==b4d5e56e,${id}`],
    ['a line break behind', `sentinel,alice,${id}\n`],
    ['a colon form with two parts', 'sentinel:alice'],
    ['a colon form with five parts', 'sentinel:alice:direct:x:a1b2c3d4'],
    ['a colon form with a foreign sign', 'sentinel:al-ice:a1b2c3d4'],
    ['a colon form with a long user', `sentinel:${'a'.repeat(21)}:a1b2c3d4`],
    ['a colon form with an unknown marker', 'sentinel:alice:maybe:a1b2c3d4'],
    ['a mixture of both', 'sentinel,alice:a1b2c3d4'],
  ] as const) {
    it(name, () => expect(parseSourceIdentity(text)).toBeUndefined())
  }
})

describe('whether it is the same user', () => {
  const long = 'Deployment/pipeline-of-the-payments-team-1'
  for (const [name, text, user, want] of [
    ['a whole name', `sentinel,alice,${id}`, 'alice', true],
    ['another name', `sentinel,alice,${id}`, 'Alice', false],
    ['an encoded name', `sentinel,Deploy=2Fci-7,${id}`, 'Deploy/ci-7', true],
    ['its encoded form is not the name', `sentinel,Deploy=2Fci-7,${id}`, 'Deploy=2Fci-7', false],
    ['a cut name', encodeSourceIdentity(long, id), long, true],
    ['another with the same beginning', encodeSourceIdentity(long, id), `${long}0`, false],
    ['the beginning alone', encodeSourceIdentity(long, id), long.slice(0, 18), false],
    ['the colon form', 'sentinel:alice:a1b2c3d4', 'alice', true],
    ['an unreadable text', 'alice', 'alice', false],
    ['no name', `sentinel,alice,${id}`, '', false],
    ['an ill-formed name', encodeSourceIdentity(long, id), '\ud83d', false],
  ] as const) {
    it(name, () => expect(sameUser(text, user)).toBe(want))
  }
})

describe("the pattern of a user's stamps in a trust policy", () => {
  for (const [name, user, want] of [
    ['a plain name', 'alice', 'sentinel,alice,*'],
    ['a name of wildcards and variables widens nothing', '*?${x}', 'sentinel,=2A=3F=24=7Bx=7D,*'],
    [
      'a long name is cut as its stamps are',
      'a'.repeat(39),
      `sentinel,${'a'.repeat(20)}==b4d5e56e929ba4cd,*`,
    ],
  ] as const) {
    it(name, () => {
      expect(sourceIdentityPattern(user)).toBe(want)
      expect(encodeSourceIdentity(user, id).startsWith(want.slice(0, -1))).toBe(true)
    })
  }

  it('of nobody is refused', () =>
    expect(() => sourceIdentityPattern('')).toThrowError(
      expect.objectContaining({ code: 'SOURCE_IDENTITY_INVALID' }),
    ))
})

/** What STS accepts, from botocore's service model where Python has it; else as AWS documents it. */
function stsModel(): {
  readonly from: string
  readonly min: number
  readonly max: number
  readonly pattern: string
} {
  // JavaScript's `\w` is ASCII, as STS means it. Python is asked for a path only; the model is read here.
  const find =
    "import importlib.util as u; s = u.find_spec('botocore'); print(s.submodule_search_locations[0] if s else '')"
  const folder = spawnSync('python3', ['-c', find], { encoding: 'utf8' }).stdout?.trim() ?? ''
  const file = join(folder, 'data/sts/2011-06-15/service-2.json.gz')
  if (folder === '' || !existsSync(file)) {
    return { from: "AWS's documentation", min: 2, max: 64, pattern: '[\\w+=,.@-]*' }
  }
  const model = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'))
  return { from: "botocore's service model", ...model.shapes.sourceIdentityType }
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'aB9=,:/%+.@-_ \n"\u202e\u001b😀é'), minLength: 1, maxLength: 60 }),
  fc.stringMatching(/^(=[0-9A-F]{2}){1,20}$/),
  fc.stringMatching(/^[a-z]{15,25}==[0-9a-f]{16}$/),
)
// A long run: SENTINEL_FUZZ=100000 npm test -- src/identity
const numRuns = Number(process.env.SENTINEL_FUZZ ?? 3_000)

const model = stsModel()
describe(`hostile names, by ${model.from}`, () => {
  const legal = new RegExp(`^(?:${model.pattern})$`)

  it('are stamped legally, and parse back or match when cut', () => {
    fc.assert(
      fc.property(hostile, fc.stringMatching(/^[0-9a-f]{8,16}$/), (user, requestId) => {
        const text = encodeSourceIdentity(user, requestId)
        expect(text).toMatch(legal)
        expect(text.length).toBeGreaterThanOrEqual(model.min)
        expect(text.length).toBeLessThanOrEqual(model.max)
        expect(text.startsWith('aws:')).toBe(false)
        const parsed = parseSourceIdentity(text)
        expect(parsed?.requestId).toBe(requestId)
        expect(sameUser(text, user)).toBe(true)
        if (parsed?.form === 'whole') expect(parsed.user).toBe(user)
        else expect(parsed?.form).toBe('cut')
      }),
      { numRuns, seed: 3 },
    )
  })

  it('are never written alike', () => {
    const writers = new Map<string, string>()
    for (const user of fc.sample(hostile, { numRuns, seed: 4 })) {
      const text = encodeSourceIdentity(user, id)
      expect(writers.get(text) ?? user).toBe(user)
      writers.set(text, user)
    }
  })

  it('are read only as the encoder writes them', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'a9=CFé2A,:'), maxLength: 30 })
    fc.assert(
      fc.property(texts, (user) => {
        const parsed = parseSourceIdentity(`sentinel,${user},${id}`)
        if (parsed?.form === 'whole')
          expect(encodeSourceIdentity(parsed.user, id)).toBe(`sentinel,${user},${id}`)
      }),
      { numRuns, seed: 5 },
    )
  })
})
