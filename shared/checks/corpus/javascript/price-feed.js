import AdmZip from 'adm-zip';
import fs from 'fs';
import path from 'path';
import xpath from 'xpath';
import { DOMParser } from '@xmldom/xmldom';

const EMAIL = /^([a-zA-Z0-9_.-]+)+@shop\.io$/; // finds: js-redos
const NUMBER = /^\d+(\.\d{1,2})?$/;
const LIST = /^(?:\w+,)*\w+$/;

export function unpack(archive, target) {
  const zip = new AdmZip(archive);
  for (const entry of zip.getEntries()) {
    const file = path.join(target, entry.entryName); // finds: js-zip-slip
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o777 }); // finds: js-file-open-to-all
    fs.writeFileSync(file, entry.getData());
  }
}

export function unpackSafely(archive, target) {
  const root = path.resolve(target);
  for (const entry of new AdmZip(archive).getEntries()) {
    const file = path.resolve(root, entry.entryName);
    if (!file.startsWith(root + path.sep)) {
      throw new Error(`The entry ${entry.entryName} leaves the folder.`);
    }
    fs.writeFileSync(file, entry.getData()); // clean
  }
}

export function priceOf(xml, sku) {
  const document = new DOMParser().parseFromString(xml, 'text/xml');
  const price = xpath.select1(`//item[@sku='${sku}']/price`, document); // finds: js-xpath-injection
  return NUMBER.test(String(price)) ? Number(price) : undefined;
}

export const items = (document) => xpath.select('//item', document);
export const isEmail = (text) => EMAIL.test(text) && !LIST.test(text);

export function deepMerge(target, source) {
  for (const key in source) { // finds: js-unguarded-deep-merge
    if (source[key] && typeof source[key] === 'object') {
      target[key] = target[key] || {};
      deepMerge(target[key], source[key]);
    } else {
      target[key] = source[key];
    }
  }
  return target;
}
