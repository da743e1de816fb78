// Step-up methods and what people have enrolled with them. Methods are few, and are kept in memory. Rows, below the room's
// own part of the storage: `method/<name>`, `totp/<id of the method>/<id of the entity>`.
//
// INVARIANT: a code is used once. The period that the last one was of is written before it counts, and nothing of that
// period or before counts again (RFC 6238 5.2); of two that come at once with the same code one is refused.

import { type Clock, inTurn, newUuid, type Random, Secret, SentinelError } from '../base/index.ts'
import { everyEntry, type Kv, type Write } from '../store/index.ts'
import { openAttempts } from './attempts.ts'
import { toBarcode } from './barcode.ts'
import {
  type Method,
  type PushMethod,
  type PushType,
  type PushWritten,
  pushMethod,
  type TotpMethod,
  type TotpWritten,
  totpMethod,
} from './method.ts'
import { type Person, type PersonEntity, type PushFactor, usernameOf } from './push.ts'
import { refuse } from './refuse.ts'
import { bytesToMethod, bytesToSecret, methodToBytes, secretToBytes, type TotpSecret } from './stored.ts'
import { stepOf, totpUrl } from './totp.ts'

export type MfaDeps = {
  readonly kv: Kv
  readonly clock: Clock
  readonly random: Random
  /** What asks people elsewhere. A method whose kind is not here never confirms anything. */
  readonly factors: ReadonlyMap<PushType, PushFactor>
}

/** What whoever asks has shown. */
export type Proof = {
  readonly person: Person
  /** What was sent along for the method; undefined where nothing was, empty where only its name was. */
  readonly code: string | undefined
  readonly address: string
}

/** Whether a method confirmed, or why not. The reason holds nothing of the person. */
export type Checked =
  | { readonly valid: true }
  | { readonly valid: false; readonly fault: Fault; readonly because: string }

export type Fault = 'method' | 'code' | 'attempts' | 'person' | 'wrong' | 'connector'

/** What an app is given: it holds the secret. */
export type Enrolment = {
  readonly url: Secret /** A PNG image in base64. */
  readonly barcode: Secret | undefined
}

export interface Mfa {
  /** Sorted. */
  names(): readonly string[]
  method(name: string): Method | undefined
  /** @throws SentinelError REQUEST_INVALID where no method can be so, or the name is another kind's */
  writeTotp(name: string, written: TotpWritten): Promise<void>
  /** @throws SentinelError as the other */
  writePush(type: PushType, name: string, written: PushWritten): Promise<void>
  /** Whoever enrolled with it has nothing any more. Nothing happens where there is none. */
  remove(name: string): Promise<void>
  /** Makes a secret. @returns undefined where the entity has one. @throws SentinelError REQUEST_INVALID for no such method */
  enrol(name: string, entity: Pick<PersonEntity, 'id' | 'name'>): Promise<Enrolment | undefined>
  /** Takes it away; nothing happens where there is none. @throws SentinelError REQUEST_INVALID for no such method */
  expel(name: string, entityId: string): Promise<void>
  /** Whether somebody can be asked by this kind of method. */
  canAsk(type: PushType): boolean
  /** Asks a method once. @throws SentinelError where that cannot be found out */
  check(name: string, proof: Proof): Promise<Checked>
}

/** Reads the methods of a storage. */
export async function openMfa(deps: MfaDeps): Promise<Mfa> {
  const mfa = new StoredMfa(deps)
  await mfa.load()
  return mfa
}

const failed = (fault: Fault, because: string): Checked => ({ valid: false, fault, because })

class StoredMfa implements Mfa {
  private readonly deps: MfaDeps
  private readonly methods = new Map<string, Method>()
  private readonly attempts: ReturnType<typeof openAttempts>
  private readonly oneAtATime = inTurn()
  private sorted: readonly string[] = []

  constructor(deps: MfaDeps) {
    this.deps = deps
    this.attempts = openAttempts(deps.clock)
  }

  async load(): Promise<void> {
    for await (const { value } of everyEntry(this.deps.kv, methodRow(''))) {
      const method = bytesToMethod(value)
      this.methods.set(method.name, method)
    }
    this.changed()
  }

  names(): readonly string[] {
    return this.sorted
  }

  method(name: string): Method | undefined {
    return this.methods.get(name)
  }

  writeTotp(name: string, written: TotpWritten): Promise<void> {
    return this.write(name, 'totp', (id) => totpMethod(id, name, written))
  }

  writePush(type: PushType, name: string, written: PushWritten): Promise<void> {
    return this.write(name, type, (id) => pushMethod(id, name, type, written))
  }

  remove(name: string): Promise<void> {
    return this.oneAtATime(async () => {
      const method = this.methods.get(name)
      if (method === undefined) return
      const { kv } = this.deps
      await kv.batch([deletion(methodRow(name))])
      this.methods.delete(name)
      this.changed()
      for await (const { key } of everyEntry(kv, secretRow(method.id, ''))) await kv.batch([deletion(key)])
    })
  }

  async enrol(
    name: string,
    { id, name: account }: Pick<PersonEntity, 'id' | 'name'>,
  ): Promise<Enrolment | undefined> {
    const method = this.totp(name)
    const { algorithm, digits, periodSeconds, skew } = method
    const settings = { algorithm, digits, periodSeconds, skew }
    const secret = this.deps.random.bytes(method.keySize)
    const value = secretToBytes({ ...settings, secret, usedStep: -1 })
    try {
      await this.deps.kv.batch([{ kind: 'put', key: secretRow(method.id, id), value, expected: 'absent' }])
    } catch (thrown) {
      if (isConflict(thrown)) return undefined
      throw thrown
    }
    const url = totpUrl(secret, settings, { issuer: method.issuer, account })
    const barcode = method.qrSize === 0 ? undefined : new Secret(toBarcode(url, method.qrSize))
    return { url: new Secret(url), barcode }
  }

  async expel(name: string, entityId: string): Promise<void> {
    await this.deps.kv.batch([deletion(secretRow(this.totp(name).id, entityId))])
  }

  canAsk(type: PushType): boolean {
    return this.deps.factors.has(type)
  }

  async check(name: string, proof: Proof): Promise<Checked> {
    const method = this.methods.get(name)
    if (method === undefined) return failed('method', 'there is no such method')
    if (method.type === 'totp' && !proof.code) return failed('code', 'no code was sent')
    const trier = { subject: `${method.id}\n${subjectOf(proof.person)}`, address: proof.address }
    const attempt = this.attempts.begin(trier, method.maxAttempts)
    if (attempt === undefined) return failed('attempts', 'it was tried too often')
    const checked =
      method.type === 'totp' ? await this.checkCode(method, proof) : await this.checkPush(method, proof)
    if (checked.valid) attempt.succeeded()
    return checked
  }

  private async checkCode(method: TotpMethod, { person, code = '' }: Proof): Promise<Checked> {
    const { kv, clock } = this.deps
    const key = secretRow(method.id, person.entity?.id ?? 'nobody')
    const row = await kv.get(key)
    // For strangers as much is done as for others.
    const held = row === undefined ? { ...method, ...nothing } : bytesToSecret(row.value)
    const usedStep = stepOf(code, held.secret, held, { nowMs: clock.now(), after: held.usedStep })
    if (person.entity === undefined) return failed('person', 'missing: the entity')
    if (row === undefined) return failed('person', 'missing: the secret of the entity, which is not enrolled')
    if (usedStep === undefined) return failed('wrong', 'the code is wrong, or was used')
    const value = secretToBytes({ ...held, usedStep })
    try {
      await kv.batch([{ kind: 'put', key, value, expected: { version: row.version } }])
    } catch (thrown) {
      if (isConflict(thrown)) return failed('wrong', 'the code was used meanwhile')
      throw thrown
    }
    return { valid: true }
  }

  private async checkPush(method: PushMethod, { person, code, address }: Proof): Promise<Checked> {
    const factor = this.deps.factors.get(method.type)
    if (factor === undefined) return failed('connector', `the server has no connector for ${method.type}`)
    const whom = usernameOf(method, person)
    if ('missing' in whom) return failed('person', `missing: the ${whom.missing}`)
    const passcode = code || undefined
    const isConfirmed = await factor.confirm({ method, username: whom.username, address, passcode })
    return isConfirmed ? { valid: true } : failed('wrong', 'nobody confirmed it')
  }

  private totp(name: string): TotpMethod {
    const method = this.methods.get(name)
    return method?.type === 'totp' ? method : refuse(`there is no TOTP method "${name}"`)
  }

  private write(name: string, type: Method['type'], make: (id: string) => Method): Promise<void> {
    return this.oneAtATime(async () => {
      const before = this.methods.get(name)
      if (before !== undefined && before.type !== type)
        refuse(`there is a method "${name}" of type ${before.type}: delete it first`)
      const method = make(before?.id ?? newUuid(this.deps.random))
      const value = methodToBytes(method)
      await this.deps.kv.batch([{ kind: 'put', key: methodRow(name), value, expected: 'anything' }])
      this.methods.set(name, method)
      this.changed()
    })
  }

  private changed(): void {
    this.sorted = Object.freeze([...this.methods.keys()].sort())
  }
}

const methodRow = (name: string) => `method/${name}`
const secretRow = (methodId: string, entityId: string) => `totp/${methodId}/${entityId}`
const deletion = (key: string): Write => ({ kind: 'delete', key, expected: 'anything' })
const isConflict = (thrown: unknown) => thrown instanceof SentinelError && thrown.code === 'STORE_CONFLICT'

const nothing: Pick<TotpSecret, 'secret' | 'usedStep'> = { secret: new Uint8Array(20), usedStep: -1 }

/** Whose tries are counted together: of somebody who is known all of theirs, whatever they log in with. */
const subjectOf = ({ entity, alias }: Person) =>
  entity === undefined ? `${alias?.mountAccessor ?? ''}\n${alias?.name ?? ''}` : entity.id
