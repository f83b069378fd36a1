// Logs of a Deployment, by id and by key, with every parameter.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import type { ByProjectKeyDeploymentsByIDLogsRequestBuilder, DeploymentLog } from "@commercetools-connect/sdk";

import { previewed } from "./creator.js";
import { deployed, deployments } from "./deployer.js";
import { answered, type Parameters } from "./platform.js";
import * as shapes from "./shapes.js";

type Query = Partial<Parameters<ByProjectKeyDeploymentsByIDLogsRequestBuilder>>;

describe("logs", () => {
  let ID: string;
  const key = "sdk-logs";
  const ask = (queryArgs: Query) => deployments().withId({ ID }).logs().get({ queryArgs });
  const byId = async (queryArgs: Query) => shapes.logs(await answered(200, ask(queryArgs)), "logs");

  before(async () => {
    const draft = await previewed("minimal", key);
    const deployment = await deployed({ id: draft.id, staged: true }, key);
    ID = deployment.id;
    const url = deployment.applications[0]!.url!;
    for (let request = 0; request < 120; request += 1) {
      await (await fetch(url)).arrayBuffer();
    }
  });

  test("they come in pages, each told by the one before, to the last request", async () => {
    const all: DeploymentLog[] = [];
    const requests = () => all.filter(({ type }) => type === "HTTP_REQUEST").length;
    // An entry may take a moment to be written; the last page is read again until all are there.
    for (const end = Date.now() + 30_000; requests() < 120 && Date.now() < end; ) {
      all.length = 0;
      let pageToken: string | undefined;
      do {
        const page = await byId(pageToken ? { pageToken, applicationName: "service" } : { applicationName: "service" });
        assert.ok(page.data.length > 0 || !page.next, "a page with a next one is not empty");
        all.push(...page.data);
        pageToken = page.next;
      } while (pageToken);
    }
    assert.equal(requests(), 120);
    const times = all.map(({ timestamp }) => timestamp);
    assert.deepEqual(times, [...times].sort(), "the oldest comes first");
  });

  test("a request is logged with what the official client prints of it", async () => {
    const { data } = await byId({});
    const request = data.find(({ type }) => type === "HTTP_REQUEST");
    const { requestMethod, requestUrl, status } = request?.details;
    assert.deepEqual([requestMethod, typeof requestUrl, typeof status], ["GET", "string", "number"]);
  });

  test("dates cut them", async () => {
    const hour = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    assert.deepEqual(await byId({ startDate: hour(-2), endDate: hour(-1) }), { data: [], next: "" });
    const all = { startDate: hour(-1), endDate: hour(1), applicationName: "service", pageToken: "" } satisfies Required<Query>;
    assert.equal((await byId(all)).data.length, 100);
  });

  test("they are the same by key", async () => {
    const byKey = await answered(200, deployments().withKey({ key }).logs().get());
    const deployment = await answered(200, deployments().withKey({ key }).get());
    assert.ok(byKey.data.length > 0 && byKey.data.every(({ deploymentId }) => deploymentId === deployment.id));
  });
});
