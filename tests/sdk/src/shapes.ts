// The resources as the SDK declares them.

import { DEPLOYMENT_TYPES, ID_REGEX, INTEGRATION_TYPES, KEY_REGEX, PROJECT_ID_REGEX, REGIONS } from "@commercetools-connect/sdk";
import type * as sdk from "@commercetools-connect/sdk";

import { anything, boolean, list, matching, number, object, optional, text, time, type Reader } from "./shape.js";

const id = matching(ID_REGEX);
const key = matching(KEY_REGEX);
const oneOf = (values: readonly string[]) => matching(new RegExp(`^(${values.join("|")})$`));
const region = oneOf(REGIONS);
const integrationTypes = list(oneOf(INTEGRATION_TYPES));
const entryType = oneOf(["Error", "Information", "Warning"]);

const creator = object<sdk.Creator>({
  name: optional(text),
  title: optional(text),
  email: text,
  company: optional(text),
  logoUrl: optional(text),
  noOfContributors: optional(number),
  supportUrl: optional(text),
});
const repository = object<sdk.Repository>({ url: text, tag: text });
const standardKey = object<sdk.StandardConfigurationKey>({
  key: text,
  description: text,
  default: optional(text),
  required: optional(boolean),
});
const securedKey = object<sdk.SecuredConfigurationKey>({ key: text, description: text, required: optional(boolean) });
const configurations = list(
  object<sdk.ConnectorConfigurationApplication>({
    applicationName: key,
    applicationType: oneOf(["service", "event", "job", "merchant-center-custom-application", "merchant-center-custom-view", "assets"]),
    standardConfiguration: list(standardKey),
    securedConfiguration: list(securedKey),
  }),
);
const globalConfiguration = object<sdk.ConnectorGlobalConfiguration>({
  standardConfiguration: optional(list(standardKey)),
  securedConfiguration: optional(list(securedKey)),
});
const apiClient = object<sdk.ConnectorApiClient>({ scopes: list(text) });
const report = object<sdk.ConnectorReport>({
  entries: list(object<sdk.ConnectorReportEntry>({ type: entryType, title: text, message: optional(text), createdAt: time })),
});

export const connectorStaged = object<sdk.ConnectorStaged>({
  id,
  key: optional(key),
  version: number,
  name: text,
  description: text,
  integrationTypes,
  creator,
  repository,
  configurations,
  globalConfiguration: optional(globalConfiguration),
  apiClient: optional(apiClient),
  private: boolean,
  privateProjects: list(matching(PROJECT_ID_REGEX)),
  supportedRegions: list(region),
  certificationInfo: optional(
    object<sdk.CertificationInfo>({
      comments: list(object<sdk.CertificationInfoComment>({ userId: text, datetime: time, comment: text })),
    }),
  ),
  status: oneOf(["Draft", "Failed", "InCertification", "Processing", "Published", "ReadyForCertification"]),
  publishingReport: optional(report),
  alreadyListed: boolean,
  hasChanges: boolean,
  isPreviewable: oneOf(["true", "false", "pending", "none"]),
  previewableReport: optional(report),
  documentationUrl: optional(text),
});

export const connector = object<sdk.Connector>({
  id,
  key: optional(key),
  version: number,
  name: text,
  description: optional(text),
  integrationTypes,
  creator,
  repository,
  configurations: optional(configurations),
  apiClient: optional(apiClient),
  private: boolean,
  globalConfiguration: optional(globalConfiguration),
  supportedRegions: list(region),
  certified: boolean,
  documentationUrl: optional(text),
});

const values = list(object<sdk.ConfigurationValue>({ key: text, value: text }));

export const deployment = object<sdk.Deployment>({
  id,
  key: optional(key),
  version: number,
  type: oneOf(DEPLOYMENT_TYPES),
  connector: object<sdk.DeploymentConnector>({
    id,
    key: optional(key),
    version: number,
    name: text,
    description: optional(text),
    integrationTypes,
    creator,
    repository,
    configurations: optional(configurations),
    globalConfiguration: optional(globalConfiguration),
    certified: boolean,
    supportedRegions: optional(list(region)),
    documentationUrl: optional(text),
  }),
  globalConfiguration: optional(
    object<sdk.DeploymentGlobalConfiguration>({ standardConfiguration: optional(values), securedConfiguration: optional(values) }),
  ),
  apiClient: optional(object<sdk.DeploymentApiClient>({ name: text, scopes: list(text) })),
  details: object<sdk.DeploymentDetails>({
    build: object<sdk.DeploymentDetailsBuild>({
      id,
      report: optional(
        object<sdk.DeploymentReport>({
          entries: list(
            object<sdk.DeploymentReportEntry>({
              type: entryType,
              title: text,
              message: optional(text),
              application: optional(text),
              createdAt: time,
            }),
          ),
        }),
      ),
    }),
  }),
  deployedRegion: region,
  applications: list(
    object<sdk.ApplicationDeployment>({
      id,
      applicationName: key,
      standardConfiguration: values,
      securedConfiguration: values,
      url: optional(text),
      topic: optional(text),
      schedule: optional(text),
    }),
  ),
  preview: boolean,
  status: oneOf(["Deployed", "Deploying", "Draft", "Failed", "Queued", "UndeployFailed", "Undeploying"]),
});

export const logs = object<sdk.DeploymentLogCursorPagedQueryResponse>({
  data: list(
    object<sdk.DeploymentLog>({
      type: oneOf(["HTTP_REQUEST", "APPLICATION_TEXT", "APPLICATION_JSON"]),
      deploymentId: id,
      applicationName: text,
      severity: oneOf(["DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY"]),
      timestamp: time,
      details: anything,
    }),
  ),
  next: text,
});

/** What every paged answer has. */
interface Page<T> {
  readonly limit: number;
  readonly offset: number;
  readonly count: number;
  readonly total: number;
  readonly results: T[];
}

/** A page that counts its own results. */
export function page<T>(result: Reader<T>): Reader<Page<T>> {
  const read = object<Page<T>>({ limit: number, offset: number, count: number, total: number, results: list(result) });
  return (value, at) => {
    const page = read(value, at);
    if (page.count !== page.results.length || page.total < page.count || page.limit < page.count) {
      throw new Error(`${at} does not count right: ${JSON.stringify({ ...page, results: page.results.length })}`);
    }
    return page;
  };
}
