// Drafts: every method, every query parameter and every update action.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { ConnectorStaged, ConnectorUpdateAction, ConnectorsDraftsRequestBuilder } from "@commercetools-connect/sdk";

import { register, still } from "./creator.js";
import { REGION, answered, project, repository, root, type Parameters } from "./platform.js";
import * as shapes from "./shapes.js";

const drafts = () => root.connectors().drafts();
const key = "sdk-drafts";

/** Every action, in an order in which each of them can be applied, and what it shows. */
type Actions = { [A in ConnectorUpdateAction as A["action"]]: { action: Omit<A, "action">; shows(draft: ConnectorStaged): unknown } };
const ACTIONS: Actions = {
  setName: { action: { name: "Tax sync" }, shows: (draft) => draft.name === "Tax sync" },
  setDescription: { action: { description: "Keeps taxes in step" }, shows: (draft) => draft.description === "Keeps taxes in step" },
  setIntegrationTypes: { action: { integrationTypes: ["tax", "erp"] }, shows: (draft) => draft.integrationTypes.join() === "tax,erp" },
  setSupportedRegions: { action: { regions: [REGION] }, shows: (draft) => draft.supportedRegions.join() === REGION },
  setDocumentationUrl: {
    action: { documentationUrl: "https://example.org/docs" },
    shows: (draft) => draft.documentationUrl === "https://example.org/docs",
  },
  setCreatorName: { action: { creatorName: "Ada" }, shows: ({ creator }) => creator.name === "Ada" },
  setCreatorTitle: { action: { creatorTitle: "Dr" }, shows: ({ creator }) => creator.title === "Dr" },
  setCreatorEmail: { action: { creatorEmail: "ada@example.com" }, shows: ({ creator }) => creator.email === "ada@example.com" },
  setCreatorCompany: { action: { creatorCompany: "Example Ltd" }, shows: ({ creator }) => creator.company === "Example Ltd" },
  setCreatorSupportUrl: {
    action: { creatorSupportUrl: "https://example.org/help" },
    shows: ({ creator }) => creator.supportUrl === "https://example.org/help",
  },
  setCreatorLogo: {
    action: { logoUrl: "https://example.org/logo.svg" },
    shows: ({ creator }) => creator.logoUrl === "https://example.org/logo.svg",
  },
  setCreatorNoOfContributors: { action: { creatorNoOfContributors: 3 }, shows: ({ creator }) => creator.noOfContributors === 3 },
  addPrivateProject: {
    action: { privateProject: `${REGION}:another` },
    shows: (draft) => draft.privateProjects.includes(`${REGION}:another`),
  },
  removePrivateProject: {
    action: { privateProject: `${REGION}:another` },
    shows: (draft) => !draft.privateProjects.includes(`${REGION}:another`),
  },
  setRepository: { action: { tag: repository("minimal").tag }, shows: (draft) => draft.repository.url === repository("minimal").url },
  addCertificationComment: {
    action: { comment: "Ready?" },
    shows: ({ certificationInfo }) => certificationInfo?.comments[0]?.comment === "Ready?",
  },
  updatePreviewable: { action: {}, shows: (draft) => draft.isPreviewable === "true" && draft.previewableReport?.entries.length },
  publish: { action: { certification: false }, shows: (draft) => draft.status === "Published" && draft.alreadyListed && !draft.hasChanges },
  unlist: { action: {}, shows: (draft) => !draft.alreadyListed },
};

describe("drafts", () => {
  let draft: ConnectorStaged;

  test("a draft is created with what was not given filled in", async () => {
    draft = await register("minimal", key);
    shapes.connectorStaged(draft, "draft");
    const { version, status, isPreviewable, hasChanges, alreadyListed, integrationTypes, supportedRegions } = draft;
    assert.deepEqual(
      { version, status, isPreviewable, hasChanges, alreadyListed, integrationTypes, supportedRegions, private: draft.private },
      {
        version: 1,
        status: "Draft",
        isPreviewable: "none",
        hasChanges: true,
        alreadyListed: false,
        integrationTypes: ["other"],
        supportedRegions: [],
        private: true,
      },
    );
  });

  test("a draft is read by id and by key", async () => {
    assert.deepEqual(await answered(200, drafts().withId({ ID: draft.id }).get()), draft);
    assert.deepEqual(await answered(200, drafts().withKey({ key }).get()), draft);
  });

  // By id and by key in turn, so that both methods meet every kind of action.
  const builders = [() => drafts().withId({ ID: draft.id }), () => drafts().withKey({ key })];
  Object.entries(ACTIONS).forEach(([name, { action, shows }], index) => {
    test(`the action ${name} does what it says`, async () => {
      const { version } = await still(draft.id);
      const actions = [{ action: name, ...action } as ConnectorUpdateAction];
      const updated = await answered(201, builders[index % 2]!().post({ body: { version, actions } }));
      shapes.connectorStaged(updated, name);
      assert.ok(updated.version > version, "the version goes up");
      const ended = await still(draft.id);
      shapes.connectorStaged(ended, name);
      assert.ok(shows(ended), JSON.stringify(ended));
    });
  });
});

describe("the list of drafts", () => {
  const all: Required<Parameters<ConnectorsDraftsRequestBuilder>> = {
    limit: 2,
    offset: 1,
    sort: ["name asc", "createdAt desc"],
    isPrivate: true,
    integrationTypes: ["psp", "email"],
  };

  test("it is filtered, sorted and cut by every parameter that the SDK knows", async () => {
    const made = [
      ["c", "psp"],
      ["a", "email"],
      ["b", "psp"],
      ["d", "crm"],
    ] as const;
    for (const [name, type] of made) {
      await register("minimal", `sdk-list-${name}`, { name, integrationTypes: [type] });
    }
    const page = shapes.page(shapes.connectorStaged)(await answered(200, drafts().get({ queryArgs: all })), "page");
    assert.deepEqual({ ...page, results: page.results.map(({ name }) => name) }, { limit: 2, offset: 1, count: 2, total: 3, results: ["b", "c"] });
  });

  test("it has a first page without any parameter", async () => {
    const page = shapes.page(shapes.connectorStaged)(await answered(200, drafts().get()), "page");
    assert.deepEqual([page.limit, page.offset], [20, 0]);
    assert.ok(page.results.some((draft) => draft.privateProjects.includes(`${REGION}:${project}`)));
  });

  test("it is empty where nothing is private enough", async () => {
    const page = await answered(200, drafts().get({ queryArgs: { isPrivate: false, integrationTypes: "crm" } }));
    assert.deepEqual([page.total, page.results], [0, []]);
  });
});
