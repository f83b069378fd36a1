//! What a creator reads who made mistakes: all of them at once, each with its place and what to do.

use domain::spec;

/// `line:column id [path]: message; hint`, one line for each finding.
pub(crate) fn told(yaml: &str) -> String {
    let findings = spec::read(yaml).expect_err("a file with mistakes");
    let line = |finding: &spec::Finding| {
        format!(
            "{}:{} {} {finding} → {}",
            finding.line, finding.column, finding.id, finding.hint
        )
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_misspelt_root_property_is_recognised() {
    insta::assert_snapshot!(told("deployas:\n  - name: api\n"), @r"
    1:1 spec/unknown-property [file content]: Unrecognized key(s) in object: 'deployas' → did you mean `deployAs`?
    1:1 spec/required [deployAs]: Required → add `deployAs`: a list of applications
    ");
}

#[test]
fn an_empty_file_says_how_a_file_starts() {
    insta::assert_snapshot!(told(""), @"1:1 spec/type [file content]: Expected object, received null → the file is empty; it starts with `deployAs:`");
}

#[test]
fn every_mistake_of_an_application_is_found_in_one_reading() {
    let yaml = r#"
deployAs:
  - name: a b
    applicationType: Service
    healthcheck: { path: /health }
  - name: api
    applicationType: service
    endpoint: //api
    schedule: "* * * * *"
    configuration:
      standardConfiguration:
        - { key: Port, description: " ", required: yes, default: 8080 }
        - { key: API-URL, descripton: The URL }
        - { key: LOG, description: Logging, default: "" }
      securedConfiguration:
        - { key: LOG, description: Again, default: secret }
    scripts:
      postDeploy:
  - name: nightly
    applicationType: job
    endpoint: /job
    properties: { schedule: "0 25 * * *" }
"#;
    insta::assert_snapshot!(told(yaml), @r#"
    3:11 spec/name [deployAs.0.name]: Invalid → an application name has 2 to 256 letters, digits, '_' or '-'; this one is `a b`
    4:22 spec/choice [deployAs.0.applicationType]: Invalid discriminator value. Expected 'service' | 'event' | 'job' | 'assets' | 'merchant-center-custom-application' | 'mc-app' | 'merchant-center-custom-view' → did you mean `service`?
    5:5 spec/unknown-property [deployAs.0]: Unrecognized key(s) in object: 'healthcheck' → did you mean `healthCheck`?
    8:15 spec/endpoint [deployAs.1.endpoint]: Double slashes are not allowed → write `/api`
    9:5 spec/unknown-property [deployAs.1]: Unrecognized key(s) in object: 'schedule' → `schedule` belongs into `properties`, and only in an application of type job
    12:18 spec/reserved-key [deployAs.1.configuration.standardConfiguration.0.key]: Key "Port" is a reserved word → the platform sets this variable itself; choose another name
    12:37 spec/empty [deployAs.1.configuration.standardConfiguration.0.description]: Description cannot be only whitespace → write a sentence for the person who fills the value in
    12:52 spec/type [deployAs.1.configuration.standardConfiguration.0.required]: Expected boolean, received string → write true or false, without quotes
    12:66 spec/type [deployAs.1.configuration.standardConfiguration.0.default]: Expected string, received number → put it into quotes: `default: "8080"`
    13:11 spec/required [deployAs.1.configuration.standardConfiguration.1.description]: Required → add `description`: a sentence for the person who fills the value in
    13:18 spec/key [deployAs.1.configuration.standardConfiguration.1.key]: Invalid configuration key: "API-URL" → a key has 2 to 256 letters, digits or '_', as in `API_URL`
    13:27 spec/unknown-property [deployAs.1.configuration.standardConfiguration.1]: Unrecognized key(s) in object: 'descripton' → did you mean `description`?
    14:54 spec/empty [deployAs.1.configuration.standardConfiguration.2.default]: String must contain at least 1 character(s) → write a value, or remove `default`
    16:18 spec/duplicate-key [deployAs.1.configuration]: Duplicate key found LOG → it stands in line 14 already, in the standard or the secured list: remove one
    16:43 spec/unknown-property [deployAs.1.configuration.securedConfiguration.0]: Unrecognized key(s) in object: 'default' → remove it; what may stand here: `key`, `description`, `required`
    18:17 spec/type [deployAs.1.scripts.postDeploy]: Expected string, received null → `postDeploy` is empty: write a text, or remove it where it may be left out
    22:29 spec/schedule [deployAs.2.properties.schedule]: The hour field is 25; it goes from 0 to 23 → for example `"*/15 * * * *"` (every quarter of an hour), `"0 2 * * *"` (at 2:00 UTC) or `@daily`
    "#);
}

#[test]
fn health_check_and_retry_policy_name_their_bounds() {
    let yaml = r"
deployAs:
  - name: api
    applicationType: service
    endpoint: /api
    healthCheck: { path: health check, intervalSeconds: 0, timeoutSeconds: 2.5, unhealthyThreshold: '3' }
    retryPolicy: { strategy: immediate }
  - name: listener
    applicationType: event
    endpoint: /event
    retryPolicy: { strategy: exponential-backoff, minBackoffSeconds: 60, maxBackoffSeconds: 10, maxAttempts: 3 }
  - name: other
    applicationType: event
    endpoint: /event
    retryPolicy: { strategy: exponential, maxAttempts: 5 }
";
    insta::assert_snapshot!(told(yaml), @r"
    6:26 spec/endpoint [deployAs.0.healthCheck.path]: Invalid → a path has letters, digits, '_', '-' and '/', as in `/service`; this one is `health check`
    6:57 spec/range [deployAs.0.healthCheck.intervalSeconds]: Number must be greater than or equal to 1 → `intervalSeconds` is a whole number from 1 to 20
    6:76 spec/range [deployAs.0.healthCheck.timeoutSeconds]: Expected integer, received float → `timeoutSeconds` is a whole number from 1 to 20
    6:101 spec/type [deployAs.0.healthCheck.unhealthyThreshold]: Expected number, received string → write a number, without quotes, from 1 to 20
    7:5 spec/unknown-property [deployAs.0]: Unrecognized key(s) in object: 'retryPolicy' → an application of type service has no `retryPolicy`: remove it
    11:70 spec/backoff [deployAs.1.retryPolicy.minBackoffSeconds]: minBackoffSeconds must be less than or equal to maxBackoffSeconds → 60 is more than 10: swap them
    11:110 spec/range [deployAs.1.retryPolicy.maxAttempts]: Number must be greater than or equal to 5 → `maxAttempts` is a whole number from 5 to 100
    15:30 spec/choice [deployAs.2.retryPolicy.strategy]: Invalid discriminator value. Expected 'exponential-backoff' | 'immediate' → `exponential` is none of them
    ");
}

#[test]
fn a_scope_is_one_name_without_a_key() {
    let yaml = "deployAs: []\ninheritAs: { apiClient: { scopes: [view_orders, 'manage_project:other', 'a:b manage_project:other', 'ä:', ':other', 'x y'] } }";
    insta::assert_snapshot!(told(yaml), @"
    2:49 spec/scope [inheritAs.apiClient.scopes.1]: Scope manage_project:other is not the name of a scope → write `manage_project` alone; the key of the Project that deploys is added
    2:73 spec/scope [inheritAs.apiClient.scopes.2]: Scope a:b manage_project:other is not the name of a scope → write one name of letters, digits, `_` and `-`, as in `view_products`
    2:101 spec/scope [inheritAs.apiClient.scopes.3]: Scope ä: is not the name of a scope → write one name of letters, digits, `_` and `-`, as in `view_products`
    2:107 spec/scope [inheritAs.apiClient.scopes.4]: Scope :other is not the name of a scope → write one name of letters, digits, `_` and `-`, as in `view_products`
    2:117 spec/scope [inheritAs.apiClient.scopes.5]: Scope x y is not the name of a scope → write one name of letters, digits, `_` and `-`, as in `view_products`
    ");
}

#[test]
fn names_and_keys_that_meet_are_told_once() {
    let yaml = r"
deployAs:
  - &api
    name: api
    applicationType: service
    endpoint: /api
    configuration:
      standardConfiguration: [{ key: SHOP, description: Which shop }]
  - *api
  - *api
inheritAs:
  apiClient: { scopes: [] }
  configuration:
    standardConfiguration: [{ key: SHOP, description: Which shop }]
    securedConfiguration: [{ key: TOKEN, description: Token }, { key: TOKEN, description: Token }]
";
    insta::assert_snapshot!(told(yaml), @r"
    9:5 spec/duplicate-application [file content]: Duplicate application name found: api → the name stands in line 4 already; it is the application's folder, so each needs its own
    12:24 spec/empty [inheritAs.apiClient.scopes]: Array must contain at least 1 element(s) → name a scope, as in `scopes: [view_products]`, or remove `apiClient`
    14:36 spec/duplicate-global-key [file content]: Duplicate global key found SHOP → an application has it in line 8; every application gets the global one, so remove one of the two
    15:71 spec/duplicate-key [inheritAs.configuration]: Duplicate key found TOKEN → it stands in line 15 already, in the standard or the secured list: remove one
    15:71 spec/duplicate-global-key [file content]: Duplicate global key found TOKEN → remove one of the two
    ");
}

#[test]
fn the_merchant_center_needs_its_keys_and_takes_no_secrets() {
    let yaml = r"
deployAs:
  - name: mc
    applicationType: mc-app
    configuration:
      standardConfiguration: [{ key: ENTRY_POINT_URI_PATH, description: Path }]
      securedConfiguration: [{ key: TOKEN, description: Token }]
  - name: view
    applicationType: merchant-center-custom-view
    endpoint: /view
  - name: files
    applicationType: assets
    scripts: { postDeploy: ls }
  - name: later
    applicationType: unknown
";
    insta::assert_snapshot!(told(yaml), @r"
    3:5 spec/merchant-center-key [deployAs.0]: Mc app must have CUSTOM_APPLICATION_ID → add `{ key: CUSTOM_APPLICATION_ID, description: …, required: true }` to its standardConfiguration
    3:5 spec/merchant-center-key [deployAs.0]: Mc app must have ENTRY_POINT_URI_PATH → add `required: true` to `ENTRY_POINT_URI_PATH`
    3:5 spec/cloud-identifier [file content]: Application mc is missing CLOUD_IDENTIFIER configuration. → add `CLOUD_IDENTIFIER` to its standardConfiguration, required or with a default such as gcp-eu, or to inheritAs as required
    7:37 spec/merchant-center-secret [file content]: Secured configuration is not allowed in merchant center custom application. → it runs in the browser, where nothing is secret: keep the secret in a service and call that
    8:5 spec/merchant-center-key [deployAs.1]: Merchant center custom view must have CUSTOM_VIEW_ID → add `{ key: CUSTOM_VIEW_ID, description: …, required: true }` to its standardConfiguration
    8:5 spec/cloud-identifier [file content]: Application view is missing CLOUD_IDENTIFIER configuration. → add `CLOUD_IDENTIFIER` to its standardConfiguration, required or with a default such as gcp-eu, or to inheritAs as required
    10:5 spec/unknown-property [deployAs.1]: Unrecognized key(s) in object: 'endpoint' → an application of type merchant-center-custom-view has no `endpoint`: remove it
    13:5 spec/unknown-property [deployAs.2]: Unrecognized key(s) in object: 'scripts' → an application of type assets has no `scripts`: remove it
    15:22 spec/choice [deployAs.3.applicationType]: Invalid discriminator value. Expected 'service' | 'event' | 'job' | 'assets' | 'merchant-center-custom-application' | 'mc-app' | 'merchant-center-custom-view' → `unknown` is a placeholder that the official schema lets through, and nothing can run it
    ");
}
