// The suite, in the order in which it runs: at the end, no method of the SDK was left out.

import assert from "node:assert/strict";
import { test } from "node:test";

import { methods, uncalled } from "./methods.js";
import "./drafts.js";
import "./connectors.js";
import "./deployments.js";
import "./logs.js";
import "./errors.js";

/** Read from the type declarations of version 0.0.13. */
const DECLARED = [
  "ApiRequest.clientRequest",
  "ApiRequest.execute",
  "ApiRoot.connectors",
  "ApiRoot.withProjectKey",
  "ByProjectKeyDeploymentsByIDLogsRequestBuilder.get",
  "ByProjectKeyDeploymentsByIDRequestBuilder.delete",
  "ByProjectKeyDeploymentsByIDRequestBuilder.get",
  "ByProjectKeyDeploymentsByIDRequestBuilder.logs",
  "ByProjectKeyDeploymentsByIDRequestBuilder.post",
  "ByProjectKeyDeploymentsKeyByKeyLogsRequestBuilder.get",
  "ByProjectKeyDeploymentsKeyByKeyRequestBuilder.delete",
  "ByProjectKeyDeploymentsKeyByKeyRequestBuilder.get",
  "ByProjectKeyDeploymentsKeyByKeyRequestBuilder.logs",
  "ByProjectKeyDeploymentsKeyByKeyRequestBuilder.post",
  "ByProjectKeyDeploymentsRequestBuilder.get",
  "ByProjectKeyDeploymentsRequestBuilder.post",
  "ByProjectKeyDeploymentsRequestBuilder.withId",
  "ByProjectKeyDeploymentsRequestBuilder.withKey",
  "ByProjectKeyRequestBuilder.deployments",
  "ConnectorsByIDRequestBuilder.get",
  "ConnectorsDraftsByIDRequestBuilder.get",
  "ConnectorsDraftsByIDRequestBuilder.post",
  "ConnectorsDraftsKeyByKeyRequestBuilder.get",
  "ConnectorsDraftsKeyByKeyRequestBuilder.post",
  "ConnectorsDraftsRequestBuilder.get",
  "ConnectorsDraftsRequestBuilder.post",
  "ConnectorsDraftsRequestBuilder.withId",
  "ConnectorsDraftsRequestBuilder.withKey",
  "ConnectorsKeyByKeyRequestBuilder.get",
  "ConnectorsRequestBuilder.drafts",
  "ConnectorsRequestBuilder.search",
  "ConnectorsRequestBuilder.withId",
  "ConnectorsRequestBuilder.withKey",
  "ConnectorsSearchRequestBuilder.get",
];

test("the SDK has the methods of its type declarations", () => {
  assert.deepEqual(methods, DECLARED);
});

test("every method of the SDK was called", () => {
  assert.deepEqual(uncalled(), []);
});
