import { describe, expect, test } from 'vitest'
import { plainSettings } from '../../token/index.ts'
import { isObject, textToJson } from '../http/json.ts'
import { readFields } from './fields.ts'
import { readTokenSettings, tokenFields, tokenSettingsData } from './token-settings.ts'

function written(json: string, before = plainSettings) {
  const data = textToJson(json)
  if (!isObject(data)) throw new Error('no object')
  return readTokenSettings(readFields(tokenFields, data), before)
}

const full = `{"token_ttl":"1h","token_max_ttl":7200,"token_policies":"B,a,b","token_bound_cidrs":["10.0.0.0/8"],
  "token_explicit_max_ttl":"2d","token_no_default_policy":true,"token_num_uses":"5","token_period":60,
  "token_type":"default-service"}`

describe('what a role says about its tokens', () => {
  test('is read in every form and shown in one', () =>
    expect(tokenSettingsData(written(full))).toEqual({
      token_ttl: 3600,
      token_max_ttl: 7200,
      token_policies: ['a', 'b'],
      token_bound_cidrs: ['10.0.0.0/8'],
      token_explicit_max_ttl: 172_800,
      token_no_default_policy: true,
      token_num_uses: 5,
      token_period: 60,
      token_type: 'default-service',
    }))

  test('stays as it was where nothing is sent, and is taken back by sending nothing of it', () => {
    const before = written(full)
    expect(written('{}', before)).toEqual(before)
    expect(written('{"token_policies":"","token_type":"","token_ttl":0}', before)).toMatchObject({
      policies: [],
      type: 'default',
      ttlSeconds: 0,
    })
  })

  for (const [json, message] of [
    ['{"token_ttl":-1}', 'token_ttl must be positive'],
    ['{"token_period":"-1s"}', 'token_period must be positive'],
    ['{"token_num_uses":-1}', "'token_num_uses' cannot be negative"],
    ['{"token_type":"recovery"}', "invalid 'token_type' value"],
    ['{"token_bound_cidrs":"10.0.0.0/99"}', 'is no network'],
  ] as const)
    test(`${json} is refused`, () => expect(() => written(json)).toThrow(message))
})
