// The platform under test: its address and credentials come from the environment, as `cargo xtask test` sets them.

import { createApiClient } from "@commercetools-connect/sdk";
import type { ApiRequest, ApiRoot, ClientRequest, ErrorResponse } from "@commercetools-connect/sdk";

const url = given("SLIPWAY_URL");
/** The Project of the API client. */
export const project = given("PROJECT");
export const REGION = "europe-west1.gcp";

/** Where a fixture of the platform's own tests is. */
export function repository(fixture: string): { url: string; tag: string } {
  return { url: `https://github.com/slipway/${fixture}.git`, tag: given("TAG") };
}

/** An answer that is none of the 2xx. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: ErrorResponse,
  ) {
    super(JSON.stringify(body));
  }
}

/** The SDK with a token of these scopes; of all that the API client has where none is named. */
export async function withScopes(...scopes: string[]): Promise<ApiRoot> {
  return withToken(await token("CLIENT", scopes));
}

/** An access token of one of the API clients, CLIENT or CERTIFIER. */
async function token(client: "CLIENT" | "CERTIFIER", scopes: string[]): Promise<string> {
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  if (scopes.length > 0) {
    form.set("scope", scopes.map((scope) => `${scope}:${project}`).join(" "));
  }
  const basic = btoa(`${given(`${client}_ID`)}:${given(`${client}_SECRET`)}`);
  const answer = await fetch(`${url}/oauth/token`, { method: "POST", body: form, headers: { authorization: `Basic ${basic}` } });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** What a certifier decides of a draft; the SDK has no method for it, as the endpoints are the platform's own. */
export async function decide(draft: { id: string; version: number }, ...actions: { action: string; comment: string }[]): Promise<void> {
  const headers = { authorization: `Bearer ${await token("CERTIFIER", [])}`, "content-type": "application/json" };
  const body = JSON.stringify({ version: draft.version, actions });
  const answer = await fetch(`${url}/certifications/${draft.id}`, { method: "POST", body, headers });
  if (answer.status !== 201) {
    throw new Error(`the certification answered ${answer.status}: ${await answer.text()}`);
  }
}

/** The SDK, which brings no way of its own to send a request, over fetch. */
export function withToken(token: string): ApiRoot {
  const send = async (request: ClientRequest) => {
    const headers = { ...(request.headers as Record<string, string>), authorization: `Bearer ${token}` };
    const body = request.body === undefined ? null : JSON.stringify(request.body);
    const answer = await fetch(`${request.baseUri}${request.uri}`, { method: request.method, headers, body });
    const json = await answer.json();
    if (!answer.ok) {
      throw new Refused(answer.status, json as ErrorResponse);
    }
    return { body: json, statusCode: answer.status, headers: Object.fromEntries(answer.headers) };
  };
  return createApiClient(send, url);
}

export const root = await withScopes();

/** The body of an answer with this status. */
export async function answered<T>(status: number, request: ApiRequest<T>): Promise<T> {
  const { method, uri } = request.clientRequest();
  const answer = await request.execute();
  if (answer.statusCode !== status) {
    throw new Error(`${method} ${uri} answered ${answer.statusCode} and not ${status}`);
  }
  return answer.body;
}

/** The header that has a read wait for the end of what goes on (contract, section 15.16). */
export const PATIENTLY = { headers: { Prefer: "wait=25" } };

/** What a read shows when it has left a passing state; a minute or two may pass where a connector is built for the first time. */
export async function settled<T>(read: () => ApiRequest<T>, passing: (resource: T) => boolean): Promise<T> {
  const end = Date.now() + 300_000;
  for (;;) {
    const resource = await answered(200, read());
    if (!passing(resource)) {
      return resource;
    }
    if (Date.now() > end) {
      throw new Error(`this does not end: ${JSON.stringify(resource)}`);
    }
  }
}

/** The parameters that a builder's GET declares, without its index signature. */
export type Parameters<Builder> = Builder extends { get(given?: infer Given): unknown }
  ? Given extends { queryArgs?: infer Query }
    ? { [K in keyof Query as string extends K ? never : K]-?: NonNullable<Query[K]> }
    : never
  : never;

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is not set: run this by \`cargo xtask test\``);
  }
  return value;
}
