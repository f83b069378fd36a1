// Published Connectors: read by id and by key, and found by every parameter of the search.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import type { ConnectorsSearchRequestBuilder } from "@commercetools-connect/sdk";

import { published } from "./creator.js";
import { answered, root, type Parameters } from "./platform.js";
import * as shapes from "./shapes.js";

type Search = Parameters<ConnectorsSearchRequestBuilder>;

describe("connectors", () => {
  let id: string;
  const key = "sdk-connector";

  before(async () => {
    const creator = { email: "ada@example.org", company: "Analytical Engines" };
    ({ id } = await published("minimal", key, { name: "Punch cards", description: "Weaves", integrationTypes: ["pim"], creator }));
    await published("minimal", `${key}-2`, { name: "Looms", integrationTypes: ["pim"], creator });
  });

  test("a Connector is read by id and by key", async () => {
    const connector = await answered(200, root.connectors().withId({ ID: id }).get());
    shapes.connector(connector, "connector");
    assert.deepEqual([connector.id, connector.key, connector.private, connector.certified], [id, key, true, false]);
    assert.deepEqual(await answered(200, root.connectors().withKey({ key }).get()), connector);
  });

  /** Each parameter with a value, and the keys of what is found among Connectors of the type `pim`. */
  const narrowed: { [P in keyof Search]: [() => unknown, string[]] } = {
    text: [() => "weaves", [key]],
    limit: [() => 1, [`${key}-2`]],
    offset: [() => 1, [key]],
    sort: [() => ["createdAt asc"], [key, `${key}-2`]],
    private: [() => true, [`${key}-2`, key]],
    "creator.company": [() => "Analytical Engines", [`${key}-2`, key]],
    id: [() => [id], [key]],
    key: [() => [`${key}-2`, "sdk-no-connector"], [`${key}-2`]],
    integrationTypes: [() => ["pim", "promotion"], [`${key}-2`, key]],
  };
  for (const [parameter, [value, finds]] of Object.entries(narrowed)) {
    test(`the parameter ${parameter} of the search does what it says`, async () => {
      const queryArgs = { integrationTypes: "pim", [parameter]: value() } as Search;
      const page = shapes.page(shapes.connector)(await answered(200, root.connectors().search().get({ queryArgs })), "page");
      assert.deepEqual(page.results.map((one) => one.key), finds);
    });
  }
});
