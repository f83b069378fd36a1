import { createApiRoot } from '../client/create.client';
import { assertError, assertString } from '../utils/assert.utils';
import { execSync } from 'node:child_process';

const CONNECT_SERVICE_URL = 'CONNECT_SERVICE_URL';
const EXTENSION_KEY = 'shop-cart-extension';

async function createExtension(applicationUrl: string, secret: string): Promise<void> {
  const apiRoot = createApiRoot();
  const { body } = await apiRoot
    .extensions()
    .get({ queryArgs: { where: `key = "${EXTENSION_KEY}"` } })
    .execute();
  for (const extension of body.results) {
    await apiRoot.extensions().withKey({ key: EXTENSION_KEY }).delete({ queryArgs: { version: extension.version } }).execute();
  }
  await apiRoot
    .extensions()
    .post({
      body: {
        key: EXTENSION_KEY,
        destination: {
          type: 'HTTP',
          url: applicationUrl,
          authentication: { type: 'AuthorizationHeader', headerValue: `Bearer ${secret}` },
        },
        triggers: [{ resourceTypeId: 'cart', actions: ['Create', 'Update'] }],
      },
    })
    .execute();
}

async function postDeploy(properties: Map<string, unknown>): Promise<void> {
  const applicationUrl = properties.get(CONNECT_SERVICE_URL);
  assertString(applicationUrl, CONNECT_SERVICE_URL);
  const version = execSync('node --version').toString().trim();
  process.stdout.write(`Node ${version}\n`);
  await createExtension(applicationUrl, String(process.env.EXTENSION_SECRET));
}

async function run(): Promise<void> {
  try {
    await postDeploy(new Map(Object.entries(process.env)));
  } catch (error) {
    assertError(error);
    process.stderr.write(`Post-deploy failed: ${error.message}\n`);
    process.exitCode = 1;
  }
}
run();
