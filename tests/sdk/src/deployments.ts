// Deployments: every method, every query parameter, and redeploy with every field.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import type { ByProjectKeyDeploymentsRequestBuilder, ConnectorStaged, Deployment, DeploymentRedeployAction } from "@commercetools-connect/sdk";

import { act, previewed } from "./creator.js";
import { STARTER, create, deployments, deployed, gone, still } from "./deployer.js";
import { REGION, answered, type Parameters } from "./platform.js";
import * as shapes from "./shapes.js";

describe("deployments", () => {
  let draft: ConnectorStaged;
  let deployment: Deployment;
  const key = "sdk-deployment";

  before(async () => {
    draft = await previewed("starter", "sdk-starter", { integrationTypes: ["shipping"] });
  });

  test("a draft is deployed as a preview", async () => {
    const created = await create({ key: "sdk-starter", staged: true, version: draft.version }, key, STARTER);
    shapes.deployment(created, "created");
    assert.deepEqual([created.status, created.type, created.preview], ["Deploying", "preview", true]);
    deployment = await still(created.id);
    shapes.deployment(deployment, "deployed");
    assert.deepEqual([deployment.status, deployment.deployedRegion], ["Deployed", REGION], JSON.stringify(deployment.details));
  });

  test("each application shows where it is reached, and no secret", () => {
    const { applications, globalConfiguration } = deployment;
    const shown = applications.map((one) => [one.applicationName, !!one.url, !!one.topic, one.schedule]);
    assert.deepEqual(shown, [
      ["service", true, false, undefined],
      ["job", false, false, "0 2 * * *"],
      ["event", false, true, undefined],
      ["assets", true, false, undefined],
    ]);
    assert.deepEqual(applications[0]?.securedConfiguration, [{ key: "SERVICE_TOKEN", value: "********" }]);
    assert.deepEqual(globalConfiguration?.standardConfiguration, [{ key: "SHOP", value: "slipway" }]);
  });

  test("a Deployment is read by id and by key", async () => {
    assert.deepEqual(await answered(200, deployments().withId({ ID: deployment.id }).get()), deployment);
    assert.deepEqual(await answered(200, deployments().withKey({ key }).get()), deployment);
  });

  test("a redeploy by id changes what it names and keeps the rest", async () => {
    const action: Required<DeploymentRedeployAction> = {
      action: "redeploy",
      skipScripts: true,
      updateConnector: true,
      configurationValues: [
        { applicationName: "service", standardConfiguration: [{ key: "GREETING", value: "ahoy" }], securedConfiguration: [] },
      ],
      globalConfiguration: { standardConfiguration: [{ key: "SHOP", value: "harbour" }], securedConfiguration: [] },
    };
    const body = { version: deployment.version, actions: [action] };
    const updated = await answered(201, deployments().withId({ ID: deployment.id }).post({ body }));
    shapes.deployment(updated, "updated");
    assert.equal(updated.status, "Deploying");
    deployment = await still(deployment.id);
    assert.equal(deployment.status, "Deployed", JSON.stringify(deployment.details));
    const { standardConfiguration, securedConfiguration } = deployment.applications[0]!;
    assert.deepEqual(standardConfiguration, [{ key: "GREETING", value: "ahoy" }]);
    assert.deepEqual(securedConfiguration, [{ key: "SERVICE_TOKEN", value: "********" }]);
    assert.deepEqual(deployment.globalConfiguration?.standardConfiguration, [{ key: "SHOP", value: "harbour" }]);
  });

  test("a redeploy by key needs nothing but the version", async () => {
    const body = { version: deployment.version, actions: [{ action: "redeploy" as const }] };
    await answered(201, deployments().withKey({ key }).post({ body }));
    const before = deployment.applications.map(({ url, topic }) => [url, topic]);
    deployment = await still(deployment.id);
    assert.equal(deployment.status, "Deployed", JSON.stringify(deployment.details));
    assert.deepEqual(deployment.applications.map(({ url, topic }) => [url, topic]), before);
  });

  test("a published Connector is deployed as a sandbox, and for production where that is asked for", async () => {
    await act(draft.id, { action: "publish", certification: false });
    const sandbox = await deployed({ id: draft.id }, "sdk-sandbox", STARTER);
    const production = await deployed({ id: draft.id, staged: false }, "sdk-production", { ...STARTER, type: "production" });
    assert.deepEqual([sandbox.type, sandbox.preview, production.type, production.preview], ["sandbox", false, "production", false]);
  });

  test("the list is filtered, sorted and cut by every parameter that the SDK knows", async () => {
    const all: Required<Parameters<ByProjectKeyDeploymentsRequestBuilder>> = {
      limit: 1,
      offset: 1,
      sort: "createdAt asc",
      integrationTypes: ["shipping", "crm"],
      deploymentType: "production",
    };
    const listed = async (queryArgs: Partial<typeof all>) => {
      const page = shapes.page(shapes.deployment)(await answered(200, deployments().get({ queryArgs })), "page");
      return { ...page, results: page.results.map((one) => one.key) };
    };
    const { deploymentType, offset, ...without } = all;
    assert.deepEqual(await listed(all), { limit: 1, offset: 1, count: 0, total: 1, results: [] });
    assert.deepEqual(await listed({ ...without, deploymentType }), { limit: 1, offset: 0, count: 1, total: 1, results: ["sdk-production"] });
    assert.deepEqual(await listed({ ...without, offset }), { limit: 1, offset: 1, count: 1, total: 3, results: ["sdk-sandbox"] });
    assert.deepEqual((await answered(200, deployments().get())).limit, 20);
  });

  test("Deployments are undeployed by id and by key, and are gone then", async () => {
    const sandbox = await answered(200, deployments().withKey({ key: "sdk-sandbox" }).get());
    const byKey = await answered(202, deployments().withKey({ key: "sdk-sandbox" }).delete());
    shapes.deployment(byKey, "deleted");
    assert.equal(byKey.status, "Undeploying");
    const production = await answered(200, deployments().withKey({ key: "sdk-production" }).get());
    const byId = await answered(202, deployments().withId({ ID: production.id }).delete());
    assert.equal(byId.status, "Undeploying");
    await gone(sandbox.id);
    await gone(production.id);
  });
});
