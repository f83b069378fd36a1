const crypto = require('crypto');
const fs = require('fs');

const KEY_FILE = process.env.POINTS_KEY_FILE;

/** Opens a voucher that the loyalty system has sealed. */
function openVoucher(voucher, key) {
  const [iv, data] = voucher.split('.').map((part) => Buffer.from(part, 'base64url'));
  const decipher = crypto.createDecipheriv('aes-256-gcm', key, iv); // finds: js-decipher-without-tag
  return JSON.parse(decipher.update(data).toString('utf8'));
}

/** Compiles a rule such as `total * 0.02` once for many carts. */
function compileRule(rule) {
  return new Function('total', `return ${rule}`); // finds: js-new-function
}

const RULES = new Map([
  ['basic', (total) => total * 0.01],
  ['gold', (total) => total * 0.02],
]);

function points(level, total) {
  const rule = RULES.get(level) ?? compileRule(level);
  return Math.floor(rule(total));
}

function page(size) {
  return Buffer.allocUnsafe(size); // finds: js-uninitialized-buffer
}

function readKey() {
  const file = fs.openSync(KEY_FILE, 'r');
  const key = Buffer.allocUnsafe(32);
  fs.readSync(file, key, 0, 32, 0);
  fs.closeSync(file);
  return key;
}

module.exports = { openVoucher, points, page, readKey };
