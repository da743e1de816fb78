import { generateKeyPairSync, sign } from 'node:crypto'

/** A key for 127.0.0.1 and a certificate that it signs itself, made anew: no key lies in the repository. */
export function selfSigned(...hosts: readonly string[]): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from('localhost')))))
  const years = sequence(der(0x17, Buffer.from('200101000000Z')), der(0x18, Buffer.from('21200101000000Z')))
  const isAuthority = sequence(basicConstraints, yes, der(0x04, sequence(yes)))
  const names = ['localhost', ...hosts].map((host) => der(0x82, Buffer.from(host)))
  const addresses = sequence(der(0x87, Buffer.from([127, 0, 0, 1])), ...names)
  const extensions = der(0xa3, sequence(isAuthority, sequence(alternativeName, der(0x04, addresses))))
  const version3 = der(0xa0, der(0x02, Buffer.from([2])))
  const serial = der(0x02, Buffer.from([1]))
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const signed = sequence(version3, serial, algorithm, name, years, name, spki, extensions)
  const signature = der(0x03, Buffer.from([0]), sign('sha256', signed, privateKey))
  const certificate = sequence(signed, algorithm, signature).toString('base64')
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

// X.690 8.1: tag, length, content. RFC 5280 4.1 says what a certificate consists of.
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const size = content.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts)
const identifier = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
const commonName = identifier('550403')
const basicConstraints = identifier('551d13')
const alternativeName = identifier('551d11')
// ecdsa-with-SHA256, RFC 5758 3.2
const algorithm = sequence(identifier('2a8648ce3d040302'))
const yes = der(0x01, Buffer.from([0xff]))
