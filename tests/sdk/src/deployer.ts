// What a client of a Connector does: deploys it, and waits for that.

import assert from "node:assert/strict";

import type { ConnectorReference, Deployment, DeploymentDraft } from "@commercetools-connect/sdk";

import { PATIENTLY, REGION, Refused, answered, project, root, settled } from "./platform.js";

export const deployments = () => root.withProjectKey({ projectKey: project }).deployments();

/** What the starter connector needs; every application has an entry, as the official clients send it. */
export const STARTER: Pick<DeploymentDraft, "configurations" | "globalConfiguration"> = {
  configurations: [
    {
      applicationName: "service",
      standardConfiguration: [{ key: "GREETING", value: "hello" }],
      securedConfiguration: [{ key: "SERVICE_TOKEN", value: "swordfish" }],
    },
    ...["job", "event", "assets"].map((applicationName) => ({ applicationName, standardConfiguration: [], securedConfiguration: [] })),
  ],
  globalConfiguration: { standardConfiguration: [{ key: "SHOP", value: "slipway" }], securedConfiguration: [] },
};

/** Begins to deploy. */
export function create(connector: ConnectorReference, key: string, more: Partial<DeploymentDraft> = {}): Promise<Deployment> {
  return answered(201, deployments().post({ body: { key, connector, region: REGION, configurations: [], ...more } }));
}

/** The Deployment when no run goes on. */
export function still(ID: string): Promise<Deployment> {
  const read = () => deployments().withId({ ID }).get(PATIENTLY);
  return settled(read, ({ status }) => status === "Deploying" || status === "Undeploying");
}

/** Deploys and waits. */
export async function deployed(connector: ConnectorReference, key: string, more: Partial<DeploymentDraft> = {}): Promise<Deployment> {
  const { id } = await create(connector, key, more);
  const deployment = await still(id);
  assert.equal(deployment.status, "Deployed", JSON.stringify(deployment.details.build.report));
  return deployment;
}

/** Waits until the Deployment is not there any more. */
export async function gone(ID: string): Promise<void> {
  await assert.rejects(still(ID), (error) => error instanceof Refused && error.status === 404);
}
