import fs from 'node:fs';
import set from 'lodash/set';
import merge from 'lodash/merge';
import type { Request, Response } from 'express';
import yaml from 'js-yaml';

const settings: Record<string, Record<string, unknown>> = {};
const DEFAULTS = { mail: { from: 'shop@shop.io' } };

export function load(file: string) {
  return merge({}, DEFAULTS, yaml.load(fs.readFileSync(file, 'utf8')));
}

export function put(request: Request, response: Response) {
  const { path, value } = request.body as { path: string; value: unknown };
  set(settings, path, value); // finds: js-prototype-pollution
  response.sendStatus(204);
}

export function patch(request: Request, response: Response) {
  const patchOf = request.body;
  merge(settings, patchOf); // finds: js-prototype-pollution
  response.sendStatus(204);
}

export function one(request: Request, response: Response) {
  settings.mail = { from: String(request.body.from) };
  response.json(settings.mail);
}

export function section(request: Request, response: Response) {
  const section = request.params.section;
  settings[section][request.body.key] = request.body.value; // finds: js-prototype-pollution
  response.sendStatus(204);
}

export const databasePassword = process.env.DB_PASSWORD ?? 'geheim123'; // finds: js-hard-coded-secret
export const tokenHeader = 'x-token-2';
export const secretName = 'projects/shop/secrets/psp-1';
