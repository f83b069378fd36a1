import { ClientBuilder, type AuthMiddlewareOptions, type HttpMiddlewareOptions } from '@commercetools/sdk-client-v2';
import { readConfiguration } from '../utils/config.utils';
import { logger } from '../utils/logger.utils';

const authMiddlewareOptions = (): AuthMiddlewareOptions => {
  const { region, projectKey, clientId, clientSecret, scope } = readConfiguration();
  return {
    host: `https://auth.${region}.commercetools.com`,
    projectKey,
    credentials: { clientId, clientSecret },
    scopes: scope ? [scope] : undefined,
  };
};

const httpMiddlewareOptions = (): HttpMiddlewareOptions => ({
  host: `https://api.${readConfiguration().region}.commercetools.com`,
});

export const createClient = () => {
  const { projectKey, clientSecret } = readConfiguration();
  if (!clientSecret) {
    logger.error('The client secret is missing: set CTP_CLIENT_SECRET.');
  }
  logger.debug(`client for ${projectKey}, secret of ${clientSecret.length} characters`);
  return new ClientBuilder()
    .withProjectKey(projectKey)
    .withClientCredentialsFlow(authMiddlewareOptions())
    .withHttpMiddleware(httpMiddlewareOptions())
    .withUserAgentMiddleware()
    .build();
};

export const validators = [
  { field: 'clientSecret', code: 'InvalidClientSecret', message: 'Client secret should be 32 characters.' },
  { field: 'password', code: 'InvalidPassword', message: 'Password is required.' },
];
