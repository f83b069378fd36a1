import crypto, { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

const ALGORITHM = 'aes-256-cbc';
const FIXED_IV = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');

export function seal(text: string, key: Buffer): string {
  const cipher = createCipheriv(ALGORITHM, key, FIXED_IV); // finds: js-static-iv
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
}

export function sealWell(text: string, key: Buffer) {
  const iv = crypto.randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv); // clean
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return { iv: iv.toString('hex'), data: data.toString('hex'), tag: cipher.getAuthTag().toString('hex') };
}

export function openWell(sealed: { iv: string; data: string; tag: string }, key: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'hex')); // clean
  decipher.setAuthTag(Buffer.from(sealed.tag, 'hex'));
  return decipher.update(sealed.data, 'hex', 'utf8') + decipher.final('utf8');
}

export const legacySeal = (text: string, password: string) =>
  crypto.createCipher('aes192', password).update(text, 'utf8', 'hex'); // finds: js-cipher-without-iv

export const bankFile = (key: Buffer) => createCipheriv('des-ede3', key, null); // finds: js-weak-cipher

export const fingerprint = (text: string) => createHash('sha1').update(text).digest('hex'); // finds: js-weak-hash

export const checksum = (text: string) => createHash('sha256').update(text).digest('hex');

export const passwordDigest = (password: string, salt: string) =>
  createHash('sha256').update(salt + password).digest('hex'); // finds: js-weak-password-hash

export const keyPair = () => crypto.generateKeyPairSync('rsa', { modulusLength: 1024 }); // finds: js-short-key
