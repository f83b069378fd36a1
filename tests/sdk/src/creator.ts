// What a creator does before a Connector can be deployed: registers a draft, has it previewed, publishes it.

import assert from "node:assert/strict";

import type { ConnectorDraft, ConnectorStaged, ConnectorUpdateAction } from "@commercetools-connect/sdk";

import { PATIENTLY, REGION, answered, project, repository, root, settled } from "./platform.js";

const drafts = () => root.connectors().drafts();

/** Registers a fixture under its own name and a key. */
export function register(fixture: string, key: string, more: Partial<ConnectorDraft> = {}): Promise<ConnectorStaged> {
  const body = {
    key,
    name: fixture,
    creator: { email: "ada@example.org" },
    repository: repository(fixture),
    privateProjects: [`${REGION}:${project}`],
    ...more,
  };
  return answered(201, drafts().post({ body }));
}

/** The draft when neither a preview nor a publication goes on. */
export function still(ID: string): Promise<ConnectorStaged> {
  const read = () => drafts().withId({ ID }).get(PATIENTLY);
  return settled(read, (draft) => draft.isPreviewable === "pending" || draft.status === "Processing");
}

/** Applies actions to the draft as it stands, and waits for what they start. */
export async function act(ID: string, ...actions: ConnectorUpdateAction[]): Promise<ConnectorStaged> {
  const { version } = await still(ID);
  await answered(201, drafts().withId({ ID }).post({ body: { version, actions } }));
  return still(ID);
}

/** A draft that can be deployed. */
export async function previewed(fixture: string, key: string, more: Partial<ConnectorDraft> = {}): Promise<ConnectorStaged> {
  const { id } = await register(fixture, key, more);
  const draft = await act(id, { action: "updatePreviewable" });
  assert.equal(draft.isPreviewable, "true", JSON.stringify(draft.previewableReport));
  return draft;
}

/** A draft with a Connector. */
export async function published(fixture: string, key: string, more: Partial<ConnectorDraft> = {}): Promise<ConnectorStaged> {
  const { id } = await register(fixture, key, more);
  const draft = await act(id, { action: "publish", certification: false });
  assert.equal(draft.status, "Published", JSON.stringify(draft.publishingReport));
  return draft;
}
