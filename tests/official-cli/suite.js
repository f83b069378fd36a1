// The official command line client, unmodified, gets the answers that it expects: every command that calls the API.
//
// OFFICIAL_CLI is its executable and SLIPWAY_URL the platform. REPOSITORY_URL and TAG name the starter connector of tests/fixtures.
// EMBEDDED_ENGINE is set if the platform runs on this machine: its logs are complete at once, and a preview of a built commit is quick.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";

import { command, createHome, run, setting } from "./client.js";

const KEY = `cli-${randomUUID().slice(0, 8)}`;
const DAY_MS = 86_400_000;
/** Maximum duration of the preview of a built commit: the platform must answer a poll as soon as the preview ends. */
const QUICK_PREVIEW_MS = 15_000;
/** Looks at a Deployment before the suite gives up; the server holds each for up to 25 seconds while something goes on. */
const LOOKS = 20;

const embedded = Boolean(process.env.EMBEDDED_ENGINE);
const project = setting("PROJECT");
const region = setting("REGION");
const configuration = ["--configuration", "service.SERVICE_TOKEN=swordfish,SHOP=slipway"];
const repository = ["--repository-url", setting("REPOSITORY_URL"), "--repository-tag", setting("TAG")];

const draft = (name, ...args) => ["connect", "connectorstaged", name, ...args];
const deployment = (name, ...args) => ["connect", "deployment", name, ...args];
const login = (projectKey) => [
  ...["auth", "login", "--client-credentials", "--region", region, "--project-key", projectKey],
  ...["--client-id", setting("CLIENT_ID"), "--client-secret", setting("CLIENT_SECRET")],
];
const create = (key) => [
  ...draft("create", "--key", key, "--name", "Official client", "--description", "Before", "--creator-email", "ada@example.org"),
  ...["--supported-regions", region, "--integration-types", "other", "--private-projects", `${region}:${project}`, ...repository],
];
const CREATED = "has been successfully created. (id:";
const UPDATED = "has been successfully updated. (version:";
const DEPLOYED = "was successfully deployed.";

/** Waits until no run of a Deployment goes on. */
async function settled(key) {
  for (let look = 0; look < LOOKS; look += 1) {
    const { output } = await run(deployment("describe", "--key", key));
    if (/status: '?(Deployed|Failed)/.test(output)) {
      return;
    }
  }
  assert.fail(`The Deployment ${key} is still being deployed after ${LOOKS} looks.`);
}

describe("a creator", () => {
  command("logs in", login(project), "Authentication successful");
  command("creates a draft", create(KEY), CREATED);

  describe("reads what is there", { concurrency: true }, () => {
    command("the login", ["auth", "whoami"], `Project key: ${project}`);
    command("the drafts", draft("list", "--limit", "100", "--offset", "0", "--sort=-createdAt"), KEY);
    command("one draft", draft("describe", "--key", KEY), KEY);
  });

  describe("is refused", { concurrency: true }, () => {
    const refused = (title, args, expected, options) => command(title, args, expected, { code: 2, ...options });
    refused("a draft that does not exist", draft("describe", "--key", "no-such-key"), "ResourceNotFound");
    refused("a Deployment that does not exist", deployment("describe", "--key", "no-such-key"), "ResourceNotFound");
    refused("a Project outside of the token's scopes", login("not-a-project"), "is not present in the token scopes", { home: createHome() });
  });

  command("renames the draft", draft("update", "--key", KEY, "--name", "Renamed"), UPDATED);
  command(
    "updates several fields at once",
    draft("update", "--key", KEY, ...["--description", "After", "--creator-email", "grace@example.org", "--integration-types", "tax,other"],
      ...["--private-projects", `${region}:${project},${region}:another-project`]),
    UPDATED,
  );
  command("validates the draft", draft("validate", "--key", KEY), "succeeded!");

  const preview = ["--key", KEY, "--deployment-key", `${KEY}-preview`, "--region", region];
  command("previews the draft", draft("preview", ...preview, ...configuration), DEPLOYED);
  command("previews it again with the values of the first preview", draft("preview", ...preview), DEPLOYED);
  command("deploys the draft", draft("deploy", "--key", KEY, "--deployment-key", `${KEY}-draft`, "--region", region, ...configuration), DEPLOYED);
  command("publishes the draft", draft("publish", "--key", KEY), "Publishing succeeded");
});

describe("a user", () => {
  const [published, staged] = [`${KEY}-published`, `${KEY}-staged`];
  const target = ["--connector-key", KEY, "--region", region, ...configuration];

  describe("creates Deployments", { concurrency: true }, () => {
    const created = "has been successfully created with ID:";
    command("of the published connector", deployment("create", "--key", published, "--type", "sandbox", ...target), created);
    command("of the draft", deployment("create", "--key", staged, "--type", "preview", "--connector-staged", ...target), created);
  });

  describe("reads what is there", { concurrency: true }, () => {
    command("the Deployments", deployment("list", "--limit", "100", "--sort", "+lastModifiedAt"), published);
    command("one Deployment", deployment("describe", "--key", published), published);
  });

  const redeployed = "has been successfully redeployed";
  test("waits for the Deployment", () => settled(published));
  command("redeploys it", deployment("redeploy", "--key", published), redeployed);
  test("waits for the second revision", () => settled(published));
  command(
    "redeploys it with values and the newest version, without scripts",
    deployment("redeploy", "--key", published, ...configuration, "--skipScripts", "--updateConnector"),
    redeployed,
  );
  test("waits for the third revision", () => settled(published));
  test("waits for the Deployment of the draft", () => settled(staged));

  describe("reads logs", { concurrency: true }, () => {
    const logs = deployment("logs", "--key", published);
    const day = (days) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 19);
    const period = ["--startDate", day(-1), "--endDate", day(1)];
    const line = (text) => (embedded ? text : "Getting logs"); // AWS may deliver the lines of postDeploy later
    command("of all applications", logs, line("Subscription to create"));
    command("of one application and two days", [...logs, "--application", "service", ...period], line("API Extension to register"));
  });

  describe("deletes Deployments", { concurrency: 2 }, () => {
    for (const key of [published, staged, `${KEY}-preview`, `${KEY}-draft`]) {
      command(key.slice(KEY.length + 1), deployment("delete", "--key", key), "has been successfully deleted", { input: "y\n" });
    }
  });
});

describe("a creator of a published connector", () => {
  command("asks for its certification", draft("certify", "--key", KEY), "is under review by our certification team");

  const skip = !embedded && "EMBEDDED_ENGINE is not set";
  test("previews a built commit quickly, with the client's own poll timers", { skip }, async () => {
    const options = { pollSpeed: 1, timeout: QUICK_PREVIEW_MS };
    // Load on this machine may slow one preview down; one of three must be quick.
    for (const key of [1, 2, 3].map((number) => `${KEY}-quick-${number}`)) {
      await run(create(key));
      const preview = draft("preview", "--key", key, "--deployment-key", key, "--region", region, ...configuration);
      const { code, output } = await run(preview, options);
      if (code !== null) {
        assert.ok(code === 0 && output.includes(DEPLOYED), output);
        return;
      }
    }
    assert.fail(`None of three previews of a built commit ended within ${QUICK_PREVIEW_MS} ms.`);
  });
});
