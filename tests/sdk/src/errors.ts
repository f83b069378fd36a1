// Errors: every code of the SDK's union is provoked, or the list says why no client of this API can.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import type { ConnectorUpdateAction, Deployment, DeploymentDraft, DeploymentRedeployAction, ErrorObject } from "@commercetools-connect/sdk";

import { act, previewed, register, still as stillDraft } from "./creator.js";
import { STARTER, create, deployed, deployments, still } from "./deployer.js";
import { PATIENTLY, REGION, Refused, decide, project, repository, root, settled, withScopes, withToken } from "./platform.js";
import { anything, list, number, object, optional, text, type Shape } from "./shape.js";

const drafts = () => root.connectors().drafts();
const key = "sdk-errors";

let draft: string; // never previewed
let limited: string; // previewed, and offered in one other region
let waiting: string; // waits for a certifier
let certified: string; // approved by one
let moved: string; // a Deployment whose draft has moved to a connector that needs more
let starter: string; // the Deployment of the part before

/** An update of a draft as it stands. */
async function update(ID: string, ...actions: ConnectorUpdateAction[]): Promise<unknown> {
  const { version } = await stillDraft(ID);
  return drafts().withId({ ID }).post({ body: { version, actions } }).execute();
}

/** A redeploy of a Deployment as it stands. */
async function redeploy(ID: string, fields: Omit<DeploymentRedeployAction, "action">): Promise<Deployment> {
  return redeployOf(await still(ID), fields);
}

async function redeployOf({ id, version }: Deployment, fields: Omit<DeploymentRedeployAction, "action">): Promise<Deployment> {
  const body = { version, actions: [{ action: "redeploy" as const, ...fields }] };
  return (await deployments().withId({ ID: id }).post({ body }).execute()).body;
}

/** A Deployment of the starter connector, with something else than it takes. */
const deploy = (more: Partial<DeploymentDraft>) => create({ key: "sdk-starter", staged: true }, `${key}-x`, { ...STARTER, ...more });
const global = (name: string, value: string) => ({ standardConfiguration: [{ key: name, value }], securedConfiguration: [] });
const application = (applicationName: string, name: string) => [{ applicationName, ...global(name, "x") }];

const registration = (reader: typeof root) =>
  reader.connectors().drafts().post({ body: { name: "x", creator: { email: "a@example.org" }, repository: repository("minimal") } });

/** The fields that the SDK declares for an error, without its index signature. */
type Declared<E> = { [K in keyof E as string extends K ? never : K]: E[K] };
type Extra<E> = Omit<Shape<Declared<E>>, "code" | "message">;
type Provoked = [status: number, provoke: () => Promise<unknown>];
/** What provokes the error; with readers of the fields that it has beside code and message, where it has any. */
type Case<E> = keyof Extra<E> extends never ? Provoked : [...Provoked, extra: Extra<E>];

const ERRORS: { [E in ErrorObject as E["code"]]: Case<E> | string } = {
  AuthenticationError: "a request without a good token has the code invalid_token, as in the sample of the reference",
  AuthorizationError: [403, async () => registration(await withScopes("view_connectors")).execute()],
  BadGateway: "of applications, not of this API",
  ConcurrentModification: [
    409,
    () => drafts().withKey({ key }).post({ body: { version: 99, actions: [{ action: "setName", name: "late" }] } }).execute(),
    { expectedVersion: number, currentVersion: optional(number) },
  ],
  ConnectorAlreadyCertified: [400, () => update(certified, { action: "publish", certification: true })],
  ConnectorReferenceNotFound: [400, () => create({ key: "sdk-no-connector" }, `${key}-x`)],
  ConnectorSpecificationFileNotFound: [400, () => register("missing-connect-yaml", `${key}-x`)],
  ConnectorSpecificationFileNotValid: [400, () => register("invalid-connect-yaml", `${key}-x`)],
  ConnectorStagedInCertification: [400, () => update(waiting, { action: "setName", name: "in a hurry" })],
  ConnectorStagedNotPreviewable: [400, () => create({ id: draft, staged: true }, `${key}-x`)],
  ConnectorStagedNotPrivate: [400, () => update(certified, { action: "addPrivateProject", privateProject: `${REGION}:another` })],
  ConnectorStagedPreviewRequestUnderProcess: [400, () => update(draft, { action: "updatePreviewable" }, { action: "updatePreviewable" })],
  DeploymentApplicationDoNotBelong: [400, () => redeploy(starter, { configurationValues: application("nobody", "GREETING") })],
  DeploymentApplicationRequired: [400, () => redeploy(starter, { configurationValues: [] })],
  DeploymentConnectorUpdateFailure: [400, () => redeploy(moved, { updateConnector: true })],
  DeploymentEmptyRequiredGlobalConfigurationKey: [400, () => deploy({ globalConfiguration: global("SHOP", "") })],
  DeploymentInvalidStatusTransition: [400, async () => redeployOf(await redeploy(starter, {}), {})],
  DeploymentInvalidType: [400, () => deploy({ type: "production" })],
  DeploymentMissingGlobalConfigurationKey: [400, () => deploy({ globalConfiguration: { standardConfiguration: [] } })],
  DeploymentProductionDeactivated: "only where the operator has switched production off",
  DeploymentUnknownApplicationConfiguration: [400, () => deploy({ configurations: application("nobody", "GREETING") })],
  DeploymentUnknownApplicationConfigurationKey: [400, () => deploy({ configurations: application("service", "COLOUR") })],
  DeploymentUnknownGlobalConfigurationKey: [400, () => deploy({ globalConfiguration: global("COLOUR", "red") })],
  DeploymentUnsupportedRegion: [400, () => create({ id: limited, staged: true }, `${key}-x`)],
  DuplicateField: [400, () => register("minimal", key), { field: text, duplicateValue: anything }],
  FieldValueNotFound: "no field of a body refers to a thing that has an error of its own",
  General: "a fault of the platform",
  GitRepositoryNotReachable: [400, () => register("minimal", `${key}-x`, { repository: { ...repository("minimal"), tag: "v0.0.0" } })],
  InvalidJsonInput: [400, () => register("minimal", key, { name: 7 as unknown as string }), { detailedErrorMessage: text }],
  InvalidPathParam: [400, () => drafts().withId({ ID: "not an id" }).get().execute(), { detailedErrorMessage: text }],
  InvalidQueryParam: [400, () => drafts().get({ queryArgs: { limit: 501 } }).execute(), { detailedErrorMessage: text }],
  ResourceNotFound: [404, () => deployments().withKey({ key: "sdk-no-deployment" }).get().execute()],
};

/** A draft that waits for a certifier. */
async function submitted(key: string) {
  const { id } = await register("minimal", key);
  const waits = await act(id, { action: "publish", certification: true });
  assert.equal(waits.status, "ReadyForCertification", JSON.stringify(waits.publishingReport));
  return waits;
}

/** The refusal, whose first error leads (contract, section 7). */
async function refused(provoke: () => Promise<unknown>): Promise<Refused> {
  const error: unknown = await provoke().then(
    () => assert.fail("this is not refused"),
    (error: unknown) => error,
  );
  assert.ok(error instanceof Refused, String(error));
  const { statusCode, message, errors } = error.body;
  object({ statusCode: number, message: text, errors: list(object({ code: text, message: text })) })(error.body, "body");
  assert.deepEqual([statusCode, message], [error.status, errors?.[0]?.message]);
  return error;
}

describe("errors", () => {
  before(async () => {
    draft = (await register("minimal", key)).id;
    limited = (await previewed("minimal", `${key}-limited`, { supportedRegions: ["us-central1.gcp"] })).id;
    waiting = (await submitted(`${key}-waiting`)).id;
    const approved = await submitted(`${key}-certified`);
    certified = approved.id;
    await decide(approved, { action: "start", comment: "Ours." }, { action: "approve", comment: "Well made." });
    const mover = await previewed("minimal", `${key}-moved`);
    moved = (await deployed({ id: mover.id, staged: true }, `${key}-moved`)).id;
    await act(mover.id, { action: "setRepository", ...repository("required-value") });
    assert.equal((await act(mover.id, { action: "updatePreviewable" })).isPreviewable, "true");
    const read = () => deployments().withKey({ key: "sdk-deployment" }).get(PATIENTLY);
    starter = (await settled(read, ({ status }) => status === "Deploying")).id;
  });

  for (const [code, provoked] of Object.entries(ERRORS as Record<string, [...Provoked, extra?: object] | string>)) {
    if (typeof provoked === "string") {
      continue;
    }
    const [status, provoke, extra] = provoked;
    test(`${code} comes with the status ${status} and the fields that the SDK declares`, async () => {
      const error = await refused(provoke);
      assert.deepEqual([error.status, error.body.errors?.[0]?.code], [status, code], error.message);
      object(extra ?? {})(error.body.errors?.[0], code);
    });
  }

  test("a refused update changes nothing", async () => {
    const { version, isPreviewable } = await stillDraft(draft);
    assert.deepEqual([version, isPreviewable], [1, "none"]);
  });

  test("a token that is none is told in the words of OAuth", async () => {
    const reader = withToken("none");
    const error = await refused(() => reader.connectors().search().get().execute());
    assert.equal(error.status, 401);
    assert.deepEqual(error.body, {
      statusCode: 401,
      message: "invalid_token",
      errors: [{ code: "invalid_token", message: "invalid_token" }],
      error: "invalid_token",
    });
  });

  test("a path of another Project is refused, whatever it names", async () => {
    const elsewhere = root.withProjectKey({ projectKey: `${project}-2` }).deployments();
    const requests = [elsewhere.get(), elsewhere.withKey({ key }).get(), elsewhere.withKey({ key }).delete()];
    for (const request of requests) {
      const error = await refused(() => request.execute());
      assert.deepEqual([error.status, error.body.errors?.[0]?.code], [403, "AuthorizationError"]);
    }
  });
});
